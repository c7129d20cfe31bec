package integration

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/tests/redisserver"
)

const faultUncounted = `{"detail":"Attempts cannot be counted at the moment. Try again later."}`

// Without Redis nobody gets in, because guesses would be free; who is in stays in.
func TestAnOutageOfRedisIsToldAndEndsByItself(t *testing.T) {
	for name, fault := range map[string]struct {
		hit, mend func(t *testing.T, server *redisserver.Server, proxy *faultProxy)
	}{
		"it crashes": {
			func(t *testing.T, server *redisserver.Server, _ *faultProxy) { server.Stop(t) },
			func(t *testing.T, server *redisserver.Server, _ *faultProxy) { server.Start(t) },
		},
		"nobody listens": {
			func(_ *testing.T, _ *redisserver.Server, proxy *faultProxy) { proxy.refuse() },
			func(t *testing.T, _ *redisserver.Server, proxy *faultProxy) { proxy.accept(t) },
		},
		"it hangs": {
			func(_ *testing.T, _ *redisserver.Server, proxy *faultProxy) { proxy.set(faultHang) },
			func(_ *testing.T, _ *redisserver.Server, proxy *faultProxy) { proxy.set(faultNone) },
		},
		"it answers late": {
			func(_ *testing.T, _ *redisserver.Server, proxy *faultProxy) { proxy.set(faultSlow) },
			func(_ *testing.T, _ *redisserver.Server, proxy *faultProxy) { proxy.set(faultNone) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redisserver.Start(t)
			proxy := faultProxyTo(t, func() (net.Conn, error) {
				return new(net.Dialer).DialContext(context.Background(), "tcp", server.Address)
			})
			url := strings.Replace(server.URL(), server.Address, proxy.address, 1)
			p := processStart(t, t.TempDir(), append(slices.Clone(faultSettings), "RATE_LIMITS=on", "REDIS_URL="+url)...)
			ada := processPerson{name: "ada", current: "correct-horse-9"}
			status, answer := p.register(ada.name, ada.current)
			require.Equal(t, http.StatusCreated, status, answer)
			token := processKey(answer)
			p.requireReady(t)

			fault.hit(t, server, proxy)
			login := map[string]func(p *process) faultAnswer{"login": faultWrites(&ada, token)["login"]}
			for what, answers := range p.all(login, 24) {
				for _, answer := range answers {
					requireDown(t, what, answer, faultUncounted)
				}
			}
			require.Equal(t, http.StatusOK, p.ask(http.MethodGet, "/dj-rest-auth/user/", token, nil).status)
			p.requireAlive(t)
			p.requireUnready(t, "redis")

			fault.mend(t, server, proxy)
			p.requireReady(t)
			require.Eventually(t, func() bool {
				status, _ := p.login(ada.name, ada.current)
				return status == http.StatusOK
			}, faultBound, faultDeadline/20)
			// Who waits for one of the busy connections may give up before those who hold them.
			require.Equal(t, 1, strings.Count(p.errors.String(), "until Redis answers"), p.errors.String())
			require.LessOrEqual(t, strings.Count(p.errors.String(), "attempts cannot be counted"), 2, p.errors.String())
			require.NotContains(t, p.errors.String(), "status=500")
		})
	}
}
