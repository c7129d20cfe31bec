package oauthlogin

import (
	"crypto"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
)

func TestOnlyAddressesOfTheInternetAreCalled(t *testing.T) {
	g := newGuard(Config{IdentityURL: "http://10.1.2.3:8080/me", CertsURL: "http://localhost:9000/", AccessTokenURL: "https://[fd00::1]/token"})
	for address, allowed := range map[string]bool{
		"8.8.8.8:443": true, "[2606:4700::1111]:443": true, "[::ffff:8.8.8.8]:443": true,
		"127.0.0.1:80": false, "127.8.8.8:80": false, "[::1]:80": false, "0.0.0.0:80": false, "[::]:80": false, "0.1.2.3:80": false,
		"10.0.0.1:80": false, "172.16.0.1:80": false, "192.168.1.1:80": false, "[fc00::1]:80": false, "[fd12::1]:80": false,
		"169.254.169.254:80": false, "[fe80::1]:80": false, "[fe80::1%eth0]:80": false, "[fec0::1]:80": false,
		"100.64.0.1:80": false, "100.127.255.255:80": false, "192.0.0.192:80": false, "192.0.2.1:80": false,
		"192.88.99.1:80": false, "198.18.0.1:80": false, "198.51.100.1:80": false, "203.0.113.1:80": false,
		"224.0.0.1:80": false, "239.1.1.1:80": false, "[ff02::1]:80": false, "240.0.0.1:80": false, "255.255.255.255:80": false,
		"[::ffff:127.0.0.1]:80": false, "[::ffff:169.254.169.254]:80": false, "[::ffff:10.0.0.1]:80": false,
		"[::127.0.0.1]:80": false, "[64:ff9b::a9fe:a9fe]:80": false, "[64:ff9b:1::1]:80": false, "[2002:7f00:1::]:80": false,
		"[2001::1]:80": false, "[2001:db8::1]:80": false, "[3fff::1]:80": false, "[100::1]:80": false, "nonsense": false,
		// What the operator wrote is meant, with that port.
		"10.1.2.3:8080": true, "[::ffff:10.1.2.3]:8080": true, "10.1.2.3:8081": false, "10.1.2.4:8080": false,
		"127.0.0.1:9000": true, "[::1]:9000": true, "127.0.0.1:9001": false, "127.0.0.2:9000": false,
		"[fd00::1]:443": true, "[fd00::1]:80": false,
	} {
		require.Equal(t, allowed, g.control("tcp", address, nil) == nil, address)
	}
	require.NoError(t, newGuard(Config{PrivateAddresses: true}).control("tcp", "169.254.169.254:80", nil))
	require.False(t, public(netip.Addr{}))
}

func TestANameThatStandsForAPrivateAddressIsNotCalled(t *testing.T) {
	s := newSite(t)
	s.json("/me", map[string]any{"id": "1"})
	named := strings.Replace(s.URL, "127.0.0.1", "LocalHost", 1) // resolved like any other name
	for private, want := range map[bool]error{false: identities.ErrProviderUnavailable, true: nil} {
		b := newBench(t, Config{Kind: KindOAuth2, IdentityURL: named + "/me", UncheckedAccessTokens: true, PrivateAddresses: private})
		_, err := b.vouch(t, accessToken("t"))
		require.ErrorIs(t, err, want, b.log.String())
	}
	require.Len(t, s.at("/me"), 1)
}

func TestADiscoveryDocumentLeadsNowhereInside(t *testing.T) {
	inside := newSite(t) // a port that the operator did not write
	inside.json("/keys", json.RawMessage(jwks(t, map[string]crypto.PublicKey{"k1": rsaKey().Public()})))
	inside.json("/token", map[string]any{"access_token": "a"})
	s := newSite(t)
	s.json("/.well-known/openid-configuration", map[string]any{
		"issuer": s.URL, "jwks_uri": inside.URL + "/keys", "token_endpoint": inside.URL + "/token", "userinfo_endpoint": inside.URL + "/me",
	})
	token := sign(t, jose.RS256, rsaKey(), "k1", with(honest(), map[string]any{"iss": s.URL}))
	b := newBench(t, Config{Kind: KindOIDC, Issuer: s.URL})
	for _, proof := range []identities.Proof{idToken(token), code("c")} {
		_, err := b.vouch(t, proof)
		require.ErrorIs(t, err, identities.ErrProviderUnavailable)
	}
	require.Empty(t, inside.calls())
	require.Contains(t, b.log.String(), "private")

	b = newBench(t, Config{Kind: KindOIDC, Issuer: s.URL, PrivateAddresses: true})
	_, err := b.vouch(t, idToken(token))
	require.NoError(t, err, "the same is fine where the operator allows it")
}
