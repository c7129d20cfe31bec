package oauthlogin

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

var parameter = regexp.MustCompile(`(\w+)="([^"]*)"`)

// signature computes what RFC 5849, section 3.4 says about a GET.
func signature(t *testing.T, address, header, consumerSecret, tokenSecret string) (given, computed string) {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	escape := func(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
	var pairs []string
	for name, values := range parsed.Query() {
		pairs = append(pairs, escape(name)+"="+escape(values[0]))
	}
	for _, found := range parameter.FindAllStringSubmatch(header, -1) {
		value, err := url.PathUnescape(found[2])
		require.NoError(t, err)
		if found[1] == "oauth_signature" {
			given = value
			continue
		}
		pairs = append(pairs, escape(found[1])+"="+escape(value))
	}
	sort.Strings(pairs)
	parsed.RawQuery = ""
	base := "GET&" + escape(parsed.String()) + "&" + escape(strings.Join(pairs, "&"))
	mac := hmac.New(sha1.New, []byte(escape(consumerSecret)+"&"+escape(tokenSecret)))
	mac.Write([]byte(base))
	return given, base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func twitterProof(token, tokenSecret string) identities.Proof {
	return identities.Proof{AccessToken: secret.New(token), TokenSecret: secret.New(tokenSecret)}
}

func TestTwittersCallIsSignedWithBothSecrets(t *testing.T) {
	s := newSite(t)
	var address, header string
	s.mux.HandleFunc("/verify.json", func(w http.ResponseWriter, r *http.Request) {
		address, header = "http://"+r.Host+r.URL.String(), r.Header.Get("Authorization")
		_, _ = w.Write([]byte(`{"id":9007199254740993,"screen_name":"ada","name":"Ada L","email":"ada@example.com"}`))
	})
	b := newBench(t, Config{Kind: KindTwitter, VerifyCredentialsURL: s.URL + "/verify.json?include_email=true"})
	profile, err := b.vouch(t, twitterProof("tok en", "s&cret"))
	require.NoError(t, err)
	require.Equal(t, "9007199254740993", profile.Key.Subject)
	require.Equal(t, "ada", profile.Username)
	require.Equal(t, "Ada L", profile.Name)
	require.Equal(t, []identities.Email{{Address: "ada@example.com", Primary: true}}, profile.Emails)
	require.Equal(t, "s&cret", profile.Token.Secret.Reveal())
	given, computed := signature(t, address, header, "hunter2", "s&cret")
	require.Equal(t, computed, given)
	require.NotContains(t, header, "hunter2")
}

func TestTwittersRefusalNamesTheHost(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404} {
		s := newSite(t)
		s.answer("/verify.json", status, map[string]any{})
		b := newBench(t, Config{Kind: KindTwitter, VerifyCredentialsURL: s.URL + "/verify.json"})
		_, err := b.vouch(t, twitterProof("t", "s"))
		require.ErrorIs(t, err, identities.ErrProofRefused)
		require.EqualError(t, err, `No access to private resources at "`+strings.TrimPrefix(s.URL, "http://")+`".`)
	}
}

func TestTwitterNeedsTheTokenAndItsSecret(t *testing.T) {
	s := newSite(t)
	b := newBench(t, Config{Kind: KindTwitter, VerifyCredentialsURL: s.URL})
	for _, proof := range []identities.Proof{twitterProof("t", ""), twitterProof("", "s"), code("c"), idToken("i")} {
		_, err := b.vouch(t, proof)
		require.ErrorIs(t, err, identities.ErrProofMissing)
	}
	require.Empty(t, s.calls())
}

func TestTwitterThatGivesNoAnswerIsUnavailable(t *testing.T) {
	elsewhere := newSite(t)
	for name, handler := range map[string]http.HandlerFunc{
		"too many calls": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) },
		"HTML":           func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"loop":           func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) },
		"elsewhere":      func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) },
		"huge":           huge, "slow": slow,
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.mux.HandleFunc("/", handler)
			b := newBench(t, Config{Kind: KindTwitter, VerifyCredentialsURL: s.URL, Timeout: 300_000_000})
			_, err := b.vouch(t, twitterProof("t", "s"))
			require.ErrorIs(t, err, identities.ErrProviderUnavailable)
		})
	}
	require.Empty(t, elsewhere.calls())
}
