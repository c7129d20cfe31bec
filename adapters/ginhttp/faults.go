package ginhttp

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"latchkey/application/ports"
	"latchkey/domain/fault"
)

// refusal is a refusal that HTTP itself causes, in DRF's {"detail": …} shape.
type refusal struct {
	status int
	detail string
	// body takes the place of the detail where a refusal says more.
	body any
	// challenge is the WWW-Authenticate header; empty sends none.
	challenge string
}

// Error implements error.
func (r refusal) Error() string { return r.detail }

// refuse is the one place where an error becomes an answer. What is no refusal
// is a bare 500: its text may hold anything, so it goes to the log alone.
func (a *API) refuse(c *gin.Context, err error) {
	var direct refusal
	if errors.As(err, &direct) {
		if direct.challenge != "" {
			c.Header("WWW-Authenticate", direct.challenge)
		}
		if direct.body == nil {
			direct.body = detail(direct.detail)
		}
		a.write(c, direct.status, direct.body)
		return
	}
	faults := fault.Of(err)
	if len(faults) == 0 && late(c, err) {
		faults = fault.Of(ports.ErrUnavailable.After(lateWait))
	}
	if len(faults) == 0 && c.Request.Context().Err() != nil {
		// The client hung up in the middle: nobody reads this, and it is no failure
		// of ours with which a stranger could fill the error log.
		a.write(c, statusClientClosedRequest, detail("The client closed the request."))
		return
	}
	if len(faults) == 0 {
		_ = c.Error(err)
		a.write(c, http.StatusInternalServerError, detail("A server error occurred."))
		return
	}
	a.refuseFaults(c, faults)
}

// late reports whether the request's deadline passed before the error: whatever it is, it
// is most likely that.
func late(c *gin.Context, err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(c.Request.Context().Err(), context.DeadlineExceeded)
}

// lateWait is how long the caller of a request that took too long is asked to stay away.
const lateWait = 5 * time.Second

// statusClientClosedRequest is nginx's status for the log.
const statusClientClosedRequest = 499

func (a *API) refuseFaults(c *gin.Context, faults fault.List) {
	first := faults[0]
	switch first.Kind {
	case fault.Throttled:
		c.Header("Retry-After", strconv.Itoa(seconds(first.Wait)))
		a.write(c, http.StatusTooManyRequests, detail(throttledText(first.Wait)))
	case fault.Unavailable:
		c.Header("Retry-After", strconv.Itoa(max(seconds(first.Wait), 1)))
		a.write(c, http.StatusServiceUnavailable, detail(first.Message))
	case fault.NotFound:
		a.write(c, http.StatusNotFound, detail(first.Message))
	case fault.Forbidden:
		a.write(c, http.StatusForbidden, detail(first.Message))
	case fault.Unauthenticated:
		a.refuse(c, a.notAuthenticated(first.Message))
	default: // Invalid, Conflict, Expired: something in the input is wrong
		a.write(c, http.StatusBadRequest, fieldErrors(faults))
	}
}

// notAuthenticated is 401 with the challenge of the first scheme, or 403 where
// that one has none, as DRF decides it.
func (a *API) notAuthenticated(text string) refusal {
	challenge := a.challenge()
	if challenge == "" {
		return refusal{status: http.StatusForbidden, detail: text}
	}
	return refusal{status: http.StatusUnauthorized, detail: text, challenge: challenge}
}

func (a *API) challenge() string {
	if len(a.options.Schemes) == 0 {
		return ""
	}
	switch a.options.Schemes[0] {
	case SchemeToken:
		return "Token"
	case SchemeJWT:
		return a.bearerChallenge()
	}
	return ""
}

// seconds rounds up, so that who waits as long as told is not refused again.
func seconds(wait time.Duration) int { return int(math.Ceil(wait.Seconds())) }

func throttledText(wait time.Duration) string {
	unit := "seconds"
	if seconds(wait) == 1 {
		unit = "second"
	}
	return fmt.Sprintf("Request was throttled. Expected available in %d %s.", seconds(wait), unit)
}

// detail is the shape of an answer that belongs to no field.
func detail(text string) any {
	return struct {
		Detail string `json:"detail"`
	}{text}
}

// fieldErrors is the shape {"field": ["message", …]}, in the order of the faults.
type fieldErrors fault.List

// wholeInput is the key of messages that belong to no single field.
const wholeInput = "non_field_errors"

// MarshalJSON implements json.Marshaler.
func (e fieldErrors) MarshalJSON() ([]byte, error) {
	var order []string
	messages := map[string][]string{}
	for _, f := range e {
		field := f.Field
		if field == "" {
			field = wholeInput
		}
		if _, seen := messages[field]; !seen {
			order = append(order, field)
		}
		messages[field] = append(messages[field], f.Message)
	}
	body := make(object, len(order))
	for i, field := range order {
		body[i] = member{field, messages[field]}
	}
	return encodeJSON(body)
}

// write sends body as compact JSON with nothing escaped that need not be, as
// DRF's renderer does.
func (a *API) write(c *gin.Context, status int, body any) {
	if body == nil {
		c.Status(status)
		c.Writer.WriteHeaderNow()
		return
	}
	text, err := encodeJSON(body)
	if err != nil {
		a.refuse(c, err) // only a contributor's value can be beyond JSON
		return
	}
	c.Writer.Header()["Content-Type"] = contentJSON
	c.Status(status)
	_, _ = c.Writer.Write(text) // a client that is gone reads nothing
}

// contentJSON is shared by all answers.
var contentJSON = []string{"application/json"}
