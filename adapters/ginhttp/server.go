package ginhttp

import (
	"net/http"
	"time"
)

// NewServer returns a server with the limits that an open port needs: a client
// that sends a byte now and then (slowloris), or never reads, is cut off, and
// headers cannot fill the memory.
func NewServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}
