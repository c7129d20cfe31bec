package integration

import (
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// clusterProxy hands requests to the instances in turn, whether they live or not.
type clusterProxy struct {
	transport http.Transport
	addresses []atomic.Pointer[string]
	turn      atomic.Uint64
	missed    atomic.Int64 // requests that got no answer from an instance
}

// clusterProxyTo returns a proxy for that many instances, and its address.
func clusterProxyTo(t *testing.T, instances int) (proxy *clusterProxy, address string) {
	t.Helper()
	proxy = &clusterProxy{addresses: make([]atomic.Pointer[string], instances)}
	proxy.transport.MaxIdleConnsPerHost, proxy.transport.ResponseHeaderTimeout = 32, 20*time.Second
	server := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme = "http"
			r.SetXForwarded()
		},
		Transport: proxy,
		ErrorLog:  log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			proxy.missed.Add(1)
			w.WriteHeader(http.StatusBadGateway)
		},
	})
	t.Cleanup(server.Close)
	t.Cleanup(proxy.transport.CloseIdleConnections)
	return proxy, server.Listener.Addr().String()
}

// RoundTrip asks the next instance, and another one when that is not there and
// asking twice does no harm.
func (p *clusterProxy) RoundTrip(request *http.Request) (*http.Response, error) {
	harmless := slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, request.Method)
	for tries := 1; ; tries++ {
		out := request.Clone(request.Context())
		out.URL.Host = *p.addresses[p.turn.Add(1)%uint64(len(p.addresses))].Load()
		answer, err := p.transport.RoundTrip(out)
		if err == nil || !harmless || tries == len(p.addresses) || !errors.Is(err, syscall.ECONNREFUSED) {
			return answer, err
		}
	}
}
