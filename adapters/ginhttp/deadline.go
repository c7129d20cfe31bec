package ginhttp

import (
	"context"

	"github.com/gin-gonic/gin"
)

// hurry gives the request its deadline. A database that hangs would else hold requests,
// and what they hold, for as long as their clients care to wait.
func (a *API) hurry(c *gin.Context) {
	if a.options.Deadline == 0 {
		c.Next()
		return
	}
	bounded, cancel := context.WithTimeout(c.Request.Context(), a.options.Deadline)
	defer cancel()
	c.Request = c.Request.WithContext(bounded)
	c.Next()
}
