package oauthlogin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/fault"
	"latchkey/domain/identities"
)

// gibberish answers every request with the next of its texts.
type gibberish struct {
	status      int
	contentType string
	texts       [][]byte
	asked       int
}

func (g *gibberish) RoundTrip(r *http.Request) (*http.Response, error) {
	text := g.texts[g.asked%len(g.texts)]
	g.asked++
	return &http.Response{
		StatusCode: g.status, Header: http.Header{"Content-Type": {g.contentType}}, Request: r,
		Body: io.NopCloser(bytes.NewReader(text)), ContentLength: int64(len(text)), ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// FuzzProviderAnswers has every kind of provider answer whatever it likes to an access
// token and to a code: what comes of it is a fault or somebody with a name.
func FuzzProviderAnswers(f *testing.F) {
	f.Add(200, "application/json", []byte(`{"id":"1","email":"a@example.com","aud":"client","client_id":"client","active":true}`), []byte(`[{"email":"a@example.com","verified":true,"primary":true}]`))
	f.Add(200, "application/json", []byte(`{"access_token":"a","token_type":"Bearer","id_token":"a.b.c","expires_in":1e400}`), []byte(`{"sub":"1","azp":"client","app":{"client_id":"client"},"user":{"id":1}}`))
	f.Add(200, "application/x-www-form-urlencoded", []byte("access_token=a&expires_in=-1&token_type=%ff"), []byte(`{"id":9007199254740993}`))
	f.Add(200, "text/html", []byte("<html>"), []byte(`null`))
	f.Add(302, "application/json", []byte(`{"error":"\u0000","error_description":"x"}`), []byte(``))
	f.Add(500, "", []byte(`{"issuer":"https://issuer.example","jwks_uri":"file:///etc/passwd","token_endpoint":":"}`), []byte(`{"keys":[]}`))
	f.Fuzz(func(t *testing.T, status int, contentType string, first, second []byte) {
		for _, c := range []Config{
			{Kind: KindFacebook, Callbacks: callbacks}, {Kind: KindGitHub, Callbacks: callbacks}, {Kind: KindGoogle, Callbacks: callbacks},
			{Kind: KindTwitter}, {Kind: KindMicrosoft, Tenant: "organizations", Callbacks: callbacks},
			{Kind: KindOIDC, Issuer: "https://issuer.example", Callbacks: callbacks},
			{Kind: KindOAuth2, IdentityURL: "https://issuer.example/me", AccessTokenURL: "https://issuer.example/token", IntrospectionURL: "https://issuer.example/look", Callbacks: callbacks},
		} {
			b := newBench(t, c)
			b.byName[b.name].client.http.Transport = &gibberish{status: status, contentType: contentType, texts: [][]byte{first, second}}
			for _, proof := range []identities.Proof{twitterProof("token", "secret"), code("code")} {
				profile, err := b.Vouch(context.Background(), b.name, proof)
				requireFaultOrSomebody(t, profile, err)
			}
		}
	})
}

func requireFaultOrSomebody(t *testing.T, profile identities.Profile, err error) {
	t.Helper()
	if err != nil {
		require.NotEqual(t, fault.Internal, fault.KindOf(err), "a provider's answer is no failure of ours: %v", errors.Unwrap(err))
		require.Zero(t, profile.Key)
		return
	}
	require.NotEmpty(t, profile.Key.Subject)
	require.True(t, json.Valid(profile.Extra))
	for _, email := range profile.Emails {
		require.NotContains(t, string(email.Address), "\n")
	}
}
