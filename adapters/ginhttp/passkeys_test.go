package ginhttp

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	activity "latchkey/application/passkeys"
	"latchkey/domain/accounts"
	"latchkey/domain/passkeys"
	"latchkey/domain/secret"
)

// passkeysFake has bob's passkey 3, keeps what it was asked, and refuses what it is told to.
type passkeysFake struct {
	activity.UseCases
	authenticationFake
	began     []activity.BeginLogin
	created   []activity.CompleteRegistration
	shown     []activity.CompleteLogin
	admitted  []authentication.Admission
	deleted   []passkeys.ID
	names     []string
	wanted    []string
	verified  bool
	refusal   error
	refuseTwo error // of the admission
}

var laptop = passkeys.Snapshot{
	ID: 3, Account: 7, Name: `"Läptop" <1>`, CredentialID: []byte{1, 2, 3, 0xff}, Transports: []string{"usb"}, Discoverable: true, Created: noon,
}

func (f *passkeysFake) BeginRegistration(_ context.Context, in activity.BeginRegistration) (passkeys.Creation, error) {
	f.wanted = append(f.wanted, in.Name)
	return passkeys.Creation{
		RelyingParty: passkeys.RelyingParty{ID: "example.com", Name: "Site"}, UserHandle: []byte("h"), Username: "bob", Challenge: []byte("c"),
		Timeout: 2 * time.Second, Algorithms: []int{-7, -8}, Exclude: [][]byte{{1}}, Verification: passkeys.VerificationPreferred,
	}, f.refusal
}

func (f *passkeysFake) CompleteRegistration(_ context.Context, in activity.CompleteRegistration) (passkeys.Snapshot, error) {
	f.created = append(f.created, in)
	return laptop, f.refusal
}

func (f *passkeysFake) BeginLogin(_ context.Context, in activity.BeginLogin) (passkeys.Request, error) {
	f.began = append(f.began, in)
	return passkeys.Request{
		RelyingParty: passkeys.RelyingParty{ID: "example.com"}, Challenge: []byte("c"), Timeout: time.Minute,
		Verification: passkeys.VerificationRequired, SessionID: strings.Repeat("a", 32),
	}, f.refusal
}

func (f *passkeysFake) CompleteLogin(_ context.Context, in activity.CompleteLogin) (activity.Recognised, error) {
	f.shown = append(f.shown, in)
	return activity.Recognised{Account: bob(), UserVerified: f.verified}, f.refusal
}

func (f *passkeysFake) List(context.Context, accounts.ID) ([]passkeys.Snapshot, error) {
	return []passkeys.Snapshot{laptop}, f.refusal
}

func (f *passkeysFake) ByID(_ context.Context, _ accounts.ID, id passkeys.ID) (passkeys.Snapshot, error) {
	if id != laptop.ID {
		return passkeys.Snapshot{}, passkeys.ErrNotFound
	}
	return laptop, nil
}

func (f *passkeysFake) Rename(_ context.Context, _ accounts.ID, _ passkeys.ID, name string) (passkeys.Snapshot, error) {
	f.names = append(f.names, name)
	renamed := laptop
	renamed.Name = passkeys.Name(name)
	return renamed, nil
}

func (f *passkeysFake) Delete(_ context.Context, _ *accounts.Account, id passkeys.ID) error {
	f.deleted = append(f.deleted, id)
	return f.refusal
}

func (f *passkeysFake) Admit(_ context.Context, in authentication.Admission) (authentication.Grant, error) {
	f.admitted = append(f.admitted, in)
	return f.grant, f.refuseTwo
}

// passkeyAPI is the API over the fake.
func passkeyAPI(t *testing.T) (*API, *passkeysFake) {
	t.Helper()
	w := newWorld()
	api, f := w.api(t), &passkeysFake{authenticationFake: w.authenticationFake}
	d := api.Dependencies
	d.Passkeys, d.Authentication = f, f
	api, err := New(d, api.options)
	require.NoError(t, err)
	return api, f
}

const (
	passkeyBase = "/dj-rest-auth/passkeys/"
	listEntry   = `{"id":3,"name":"\"Läptop\" <1>","credential_id":"AQID_w","created_at":"2026-03-04T12:00:00Z","last_used_at":null,"transports":["usb"],"discoverable":true}`
)

func asBob(s sent) sent { return s.with("Authorization", "Token "+goodToken) }

func TestPasskeyOptionsAreWebAuthnsJSON(t *testing.T) {
	api, f := passkeyAPI(t)
	requireAnswer(t, asBob(postJSON(passkeyBase+"register/begin/", `{}`)).to(api), 200,
		`{"rp":{"name":"Site","id":"example.com"},"user":{"id":"aA","name":"bob","displayName":"bob"},"challenge":"Yw",`+
			`"pubKeyCredParams":[{"type":"public-key","alg":-7},{"type":"public-key","alg":-8}],"timeout":2000,`+
			`"excludeCredentials":[{"id":"AQ","type":"public-key"}],`+
			`"authenticatorSelection":{"residentKey":"preferred","requireResidentKey":false,"userVerification":"preferred"},"attestation":"none"}`)
	require.Equal(t, 200, asBob(postJSON(passkeyBase+"register/begin/", `{"name":" `+strings.Repeat("x", 5000)+`"}`)).to(api).Code)
	require.Equal(t, []string{"", strings.Repeat("x", 5000)}, f.wanted)
	requireAnswer(t, postJSON(passkeyBase+"login/begin/", `{}`).to(api), 200,
		`{"challenge":"Yw","timeout":60000,"rpId":"example.com","allowCredentials":[],"userVerification":"required","session_id":"`+strings.Repeat("a", 32)+`"}`)
}

func TestAPasskeyIsShownAsDiscoverableWhereItIs(t *testing.T) {
	for _, discoverable := range []bool{true, false} {
		shown := laptop
		shown.Discoverable = discoverable
		require.Contains(t, passkeyBody(shown), member{"discoverable", discoverable})
	}
}

func TestThereAreNoPasskeysWithoutThem(t *testing.T) {
	api := newWorld().api(t)
	for _, path := range []string{"", "register/begin/", "login/begin/", "login/complete", "3/"} {
		require.Equal(t, 404, asBob(postJSON(passkeyBase+path, `{}`)).to(api).Code, path)
	}
}

func TestWhereAPasskeyNeedsASignIn(t *testing.T) {
	api, _ := passkeyAPI(t)
	for path, method := range map[string]string{"": "GET", "register/begin/": "POST", "register/complete": "POST", "3": "GET", "3/": "DELETE"} {
		require.Equal(t, 401, sent{method: method, path: passkeyBase + path}.to(api).Code, path)
	}
}

// The browser's JSON is not read here: it goes on as it came.
func TestACredentialGoesOnAsItCame(t *testing.T) {
	api, f := passkeyAPI(t)
	const credential = `{ "id":"x","response":{"a":[1,null]} }`
	session := strings.Repeat("0", 32)
	require.Equal(t, 201, asBob(postJSON(passkeyBase+"register/complete/", `{"credential":`+credential+`,"name":" n "}`)).to(api).Code)
	require.Equal(t, credential, string(f.created[0].Response))
	require.Equal(t, "n", *f.created[0].Name)
	require.Equal(t, 200, postJSON(passkeyBase+"login/complete/", `{"credential":"x","session_id":" `+session+` "}`).to(api).Code)
	require.Equal(t, activity.CompleteLogin{SessionID: session, Response: []byte(`"x"`)}, f.shown[0])
	require.Equal(t, 200, postForm(passkeyBase+"login/complete/", "credential=%7B%22id%22%3A1%7D&session_id="+session).to(api).Code)
	require.Equal(t, `{"id":1}`, string(f.shown[1].Response))
}

func TestTheFieldsOfPasskeys(t *testing.T) {
	api, f := passkeyAPI(t)
	const missed = `{"session_id":["This value does not match the required pattern."]}`
	session := strings.Repeat("0", 32)
	for body, want := range map[string]string{
		`{}`: `{"credential":["This field is required."],"session_id":["This field is required."]}`,
		`{"credential":null,"session_id":"` + session + `"}`:    `{"credential":["This field may not be null."]}`,
		`{"credential":{},"session_id":null}`:                   `{"session_id":["This field may not be null."]}`,
		`{"credential":{},"session_id":" "}`:                    `{"session_id":["This field may not be blank."]}`,
		`{"credential":{},"session_id":true}`:                   missed,
		`{"credential":{},"session_id":5}`:                      missed,
		`{"credential":{},"session_id":"` + session + `0"}`:     missed,
		`{"credential":{},"session_id":"` + session[1:] + `A"}`: missed,
		`{"credential":{},"session_id":"a\u0000b"}`:             `{"session_id":["Null characters are not allowed.","This value does not match the required pattern."]}`,
		`{"credential":{},"session_id":"\ud800"}`:               `{"session_id":["Surrogate characters are not allowed: U+D800.","This value does not match the required pattern."]}`,
	} {
		requireAnswer(t, postJSON(passkeyBase+"login/complete/", body).to(api), 400, want)
	}
	requireAnswer(t, postForm(passkeyBase+"login/complete/", "credential=x&session_id="+session).to(api), 400, `{"credential":["Value must be valid JSON."]}`)
	requireAnswer(t, postForm(passkeyBase+"login/complete/", "credential=&session_id="+session).to(api), 400, `{"credential":["Value must be valid JSON."]}`)
	requireAnswer(t, asBob(postJSON(passkeyBase+"register/complete/", `{"credential":{},"name":"`+strings.Repeat("x", 256)+`"}`)).to(api), 400,
		`{"name":["Ensure this field has no more than 255 characters."]}`)
	require.Empty(t, f.shown)
	require.Empty(t, f.created, "the challenge is left")

	require.Equal(t, 200, postJSON(passkeyBase+"login/begin/", `{"username":" al ","email":""}`).to(api).Code)
	require.Equal(t, []activity.BeginLogin{{Username: "al"}}, f.began)
	requireAnswer(t, postJSON(passkeyBase+"login/begin/", `{"email":"x"}`).to(api), 400, `{"email":["Enter a valid email address."]}`)
}

// Only a passkey that has verified its owner stands for two factors.
func TestWhomAPasskeyRecognisesIsAdmittedLikeEverybody(t *testing.T) {
	complete := postJSON(passkeyBase+"login/complete/", `{"credential":{},"session_id":"`+strings.Repeat("0", 32)+`"}`)
	for _, verified := range []bool{true, false} {
		api, f := passkeyAPI(t)
		f.verified = verified
		requireAnswer(t, complete.with("Cookie", "sessionid=nobody").to(api), 200, `{"key":"`+goodToken+`"}`)
		require.Len(t, f.admitted, 1)
		require.Equal(t, verified, f.admitted[0].SecondFactorProved)
		require.Equal(t, accounts.ID(7), f.admitted[0].Account.ID())
		require.Equal(t, "nobody", f.admitted[0].SessionKey.Reveal())
	}
	api, f := passkeyAPI(t)
	f.grant = authentication.Grant{Pending: secret.New("ephemeral")}
	got := complete.to(api)
	requireAnswer(t, got, 200, `{"ephemeral_token":"ephemeral","mfa_required":true}`)
	require.Empty(t, got.Header().Values("Set-Cookie"))

	f.refuseTwo = authentication.ErrCredentialsWrong
	requireAnswer(t, complete.to(api), 400, `{"non_field_errors":["Authentication verification failed."]}`)
	f.refusal = passkeys.ErrAuthenticationGone
	requireAnswer(t, complete.to(api), 400, `{"non_field_errors":["Authentication challenge has expired. Please start over."]}`)
	require.Len(t, f.admitted, 2, "who is not recognised is not admitted")
}

func TestPasskeysAreListedShownRenamedAndDeleted(t *testing.T) {
	api, f := passkeyAPI(t)
	requireAnswer(t, asBob(sent{method: "GET", path: passkeyBase}).to(api), 200, "["+listEntry+"]")
	for _, id := range []string{"3", "3/", "0003/", "00000000000000000000000000000003"} {
		requireAnswer(t, asBob(sent{method: "GET", path: passkeyBase + id}).to(api), 200, listEntry)
	}
	const notFound = `{"detail":"No WebAuthnCredential matches the given query."}`
	for _, id := range []string{"4/", "0/", "99999999999999999999999999/"} {
		requireAnswer(t, asBob(sent{method: "GET", path: passkeyBase + id}).to(api), 404, notFound)
		requireAnswer(t, asBob(sent{method: "PATCH", path: passkeyBase + id, body: "{"}).to(api), 404, notFound)
	}
	for _, id := range []string{"x/", "-3/", "3.0/", "3/3/", "%33/x"} {
		require.Equal(t, 404, asBob(sent{method: "GET", path: passkeyBase + id}).to(api).Code, id)
	}
	patch := asBob(postJSON(passkeyBase+"3/", `{"name":" new ","id":9}`))
	patch.method = "PATCH"
	requireAnswer(t, patch.to(api), 200, `{"name":"new"}`)
	patch.body = `{}`
	requireAnswer(t, patch.to(api), 200, `{"name":"\"Läptop\" <1>"}`)
	patch.method = "PUT"
	requireAnswer(t, patch.to(api), 400, `{"name":["This field is required."]}`)
	require.Equal(t, []string{"new"}, f.names)
	requireAnswer(t, asBob(sent{method: "DELETE", path: passkeyBase + "3"}).to(api), 204, "")
	require.Equal(t, []passkeys.ID{3}, f.deleted)
}

func TestOptionsTellOfAPasskeyToItsOwnerAlone(t *testing.T) {
	api, _ := passkeyAPI(t)
	require.Contains(t, asBob(sent{method: "OPTIONS", path: passkeyBase + "3/"}).to(api).Body.String(),
		`"actions":{"PUT":{"name":{"type":"string","required":true,"read_only":false,"label":"Name","max_length":255}}}`)
	require.NotContains(t, asBob(sent{method: "OPTIONS", path: passkeyBase + "4/"}).to(api).Body.String(), "actions")
	require.Contains(t, sent{method: "OPTIONS", path: passkeyBase + "login/complete"}.to(api).Body.String(),
		`"actions":{"POST":{"credential":{"type":"field","required":true,"read_only":false,"label":"Credential"},"session_id":{"type":"regex","required":true,"read_only":false,"label":"Session id"}}}`)
	require.Contains(t, asBob(sent{method: "OPTIONS", path: passkeyBase + "register/complete"}).to(api).Body.String(),
		`"name":{"type":"string","required":false,"read_only":false,"label":"Name"}`)
}

func TestThePathsOfPasskeys(t *testing.T) {
	api, _ := passkeyAPI(t)
	for path, status := range map[string]int{
		"": 200, "/": 404, "register/": 404, "login/": 404, "register": 404, "register/begin": 405, "login/complete/": 405, "register/begin//": 404, "3//": 404,
	} {
		require.Equal(t, status, asBob(sent{method: "GET", path: passkeyBase + path}).to(api).Code, path)
	}
	got := asBob(sent{method: "GET", path: strings.TrimSuffix(passkeyBase, "/")}).to(api)
	require.Equal(t, 301, got.Code)
	require.Equal(t, passkeyBase, got.Header().Get("Location"))
	requireAnswer(t, asBob(sent{method: "PROPFIND", path: passkeyBase + "3"}).to(api), 405, `{"detail":"Method \"PROPFIND\" not allowed."}`)
	require.Equal(t, "GET, PUT, PATCH, DELETE, HEAD, OPTIONS", asBob(sent{method: "BREW", path: passkeyBase + "3/"}).to(api).Header().Get("Allow"))
}
