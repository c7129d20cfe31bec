package ginhttp

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// requestIDLength makes ids that a day's log does not repeat.
const requestIDLength = 16

// requestIDHeader tells a client the id under which its request stands in the log. It is in
// the form in which headers are kept.
const requestIDHeader = "X-Request-Id"

// observe gives the request an id and logs it once. It logs the route and not
// the path: the path of a mail link holds a secret.
func (a *API) observe(c *gin.Context) {
	id := a.Random.Text(requestIDLength, "0123456789abcdefghijklmnopqrstuvwxyz")
	c.Writer.Header()[requestIDHeader] = []string{id}
	begun := a.Clock.Now()
	c.Next()
	level := slog.LevelInfo
	if len(c.Errors) > 0 {
		level = slog.LevelError
	}
	if !a.Log.Enabled(c.Request.Context(), level) {
		return
	}
	attributes := []slog.Attr{
		slog.String("request", id), slog.String("method", c.Request.Method), slog.String("route", c.FullPath()),
		slog.Int("status", c.Writer.Status()), slog.Duration("took", a.Clock.Now().Sub(begun).Round(time.Microsecond)),
	}
	if len(c.Errors) > 0 {
		attributes = append(attributes, slog.String("error", c.Errors.String()))
	}
	a.Log.LogAttrs(c.Request.Context(), level, "request", attributes...)
}

// recover turns a panic into a 500 that tells nothing; the rest of the service
// goes on.
func (a *API) recover(c *gin.Context) {
	defer func() {
		problem := recover()
		if problem == nil {
			return
		}
		if err, ok := problem.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(problem)
		}
		a.refuse(c, fmt.Errorf("panic: %v\n%s", problem, debug.Stack()))
		c.Abort()
	}()
	c.Next()
}

// secure sets the headers of Django's SecurityMiddleware and
// XFrameOptionsMiddleware. Answers hold tokens and personal data, so that no
// cache may keep them.
func (a *API) secure(c *gin.Context) {
	maps.Copy(c.Writer.Header(), securing)
	c.Next()
}

// securing is shared by all answers: nothing changes a value in place.
var securing = http.Header{
	"X-Frame-Options":            {"DENY"},
	"X-Content-Type-Options":     {"nosniff"},
	"Referrer-Policy":            {"same-origin"},
	"Cross-Origin-Opener-Policy": {"same-origin"},
	"Cache-Control":              {"no-store"},
}

// checkHost refuses names that are not ours: a page of an attacker whose own
// name resolves to this service (DNS rebinding) sends that name.
func (a *API) checkHost(c *gin.Context) {
	if len(a.options.AllowedHosts) == 0 || a.hostAllowed(c.Request.Host) {
		c.Next()
		return
	}
	a.write(c, http.StatusBadRequest, detail("Invalid host."))
	c.Abort()
}

func (a *API) hostAllowed(hostport string) bool {
	host := hostport
	if name, _, err := net.SplitHostPort(hostport); err == nil {
		host = name
	}
	host = strings.TrimSuffix(bareHost(host), ".")
	for _, pattern := range a.options.AllowedHosts {
		pattern = bareHost(pattern)
		if pattern == "*" || pattern == host || strings.HasPrefix(pattern, ".") && (strings.HasSuffix(host, pattern) || host == pattern[1:]) {
			return true
		}
	}
	return false
}

// bareHost is the name in lower case, and an IPv6 address without its brackets.
func bareHost(host string) string {
	return strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
}
