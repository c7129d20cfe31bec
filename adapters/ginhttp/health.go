package ginhttp

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// health serves what balancers and supervisors ask. It comes before every middleware:
// they ask by the address of a machine, which is no name in ALLOWED_HOSTS, every few
// seconds, which would fill the log, and must get an answer whatever else is refused.
// What they are told is for everybody to see.
func (a *API) health() {
	a.asked("/healthz", a.live)
	if a.Readiness != nil {
		a.asked("/readyz", a.ready)
	}
}

func (a *API) asked(path string, serve gin.HandlerFunc) {
	a.engine.GET(path, serve)
	a.engine.HEAD(path, serve)
}

// condition is the answer.
type condition struct {
	Status  string   `json:"status"`
	Failing []string `json:"failing,omitempty"`
}

// live says that the process answers. It looks at nothing that it shares with others: to
// start it again would not bring a database back.
func (a *API) live(c *gin.Context) { a.tell(c, http.StatusOK, condition{Status: "ok"}) }

// ready says whether requests should come here.
func (a *API) ready(c *gin.Context) {
	failing := a.Readiness.Failing(c.Request.Context())
	if len(failing) == 0 {
		a.tell(c, http.StatusOK, condition{Status: "ready"})
		return
	}
	c.Header("Retry-After", "1")
	a.tell(c, http.StatusServiceUnavailable, condition{Status: "unavailable", Failing: failing})
}

func (a *API) tell(c *gin.Context, status int, told condition) {
	c.Header("Cache-Control", "no-store")
	c.Header("X-Content-Type-Options", "nosniff")
	a.write(c, status, told)
}
