package ginhttp

import (
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzForwardedFor: whatever a client writes into the header, it is counted under an
// address, and under its own where no proxy of ours passed the header on.
func FuzzForwardedFor(f *testing.F) {
	for _, seed := range []string{"", "198.51.100.1", "198.51.100.1, 10.0.0.9", "::ffff:198.51.100.1", "[2001:db8::1]:443", "fe80::1%eth0", "unknown", ",,", "1.1.1.1\x00", " 198.51.100.1\t", "0x7f.1", "999.1.1.1"} {
		f.Add("10.0.0.1:1", seed)
		f.Add("192.0.2.1:1", seed)
	}
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		if _, err := netip.ParseAddrPort(remote); err != nil {
			return // net/http gives no other
		}
		w := newWorld()
		api := w.api(t, throttled, func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
		r := httptest.NewRequest("OPTIONS", loginPath, nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-For", forwarded)
		got := httptest.NewRecorder()
		api.ServeHTTP(got, r)
		requireOrderly(t, got, w)
		require.Len(t, w.taken, 1)
		for key := range w.taken {
			counted := strings.TrimPrefix(key, "throttle:address:")
			peer := netip.MustParseAddrPort(remote).Addr()
			_, single := netip.ParseAddr(counted)
			_, network := netip.ParsePrefix(counted)
			require.True(t, single == nil || network == nil || counted == unknownNetwork, "counted under %q", counted)
			if counted != unknownNetwork && !netip.MustParsePrefix("10.0.0.0/8").Contains(peer.Unmap()) {
				require.Equal(t, networkOf(peer), counted)
			}
		}
	})
}

// networkOf is what throttle counts an address under, said in another way.
func networkOf(peer netip.Addr) string {
	peer = peer.Unmap().WithZone("")
	if peer.Is4() {
		return peer.String()
	}
	prefix, _ := peer.Prefix(64)
	return prefix.String()
}

// fuzzedPaths are all endpoints that read a body.
var fuzzedPaths = []string{
	"login/", "registration/", "registration/verify-email/", "registration/resend-email/", "password/reset/", "password/reset/confirm/",
	"password/change/", "user/", "logout/", "facebook/", "facebook/connect/", "twitter/",
}

// FuzzBody sends any body under any media type to every endpoint that reads one.
func FuzzBody(f *testing.F) {
	f.Add("application/json", []byte(`{"username":"a\ud800","email":"a@example.com\r\nBcc: b@example.com","password":1e400,"uid":[],"key":{},"token":true}`))
	f.Add("application/json; charset=utf-7", []byte("+AHsAfQ-"))
	f.Add("application/x-www-form-urlencoded", []byte("username=%00&email=%ff@&password=+&csrfmiddlewaretoken=a&access_token=%0d%0a"))
	f.Add("multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=username\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--b--\r\n"))
	f.Add("text/plain", []byte(`{"username":"a"}`))
	f.Add("multipart/form-data; boundary=\"\x00\"", []byte("--\x00--"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		w := newWorld()
		api := w.api(t)
		for _, path := range fuzzedPaths {
			for _, method := range []string{"POST", "PATCH"} {
				r := httptest.NewRequest(method, "/dj-rest-auth/"+path, strings.NewReader(string(body)))
				r.Header.Set("Content-Type", contentType)
				r.Header.Set("Authorization", "Token "+goodToken)
				got := httptest.NewRecorder()
				api.ServeHTTP(got, r)
				requireOrderly(t, got, w)
			}
		}
	})
}
