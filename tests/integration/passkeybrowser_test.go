package integration

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// passkeyScript is what a front end needs, as the README has it.
const passkeyScript = `<!doctype html><script>
const call = async (path, body, headers = {}) => {
	const answer = await fetch(api + path, {method: "POST", headers: {"Content-Type": "application/json", ...headers}, body: JSON.stringify(body)});
	if (!answer.ok) throw new Error(path + answer.status + await answer.text());
	return answer.json();
};
const register = async token => {
	const by = {Authorization: "Token " + token};
	const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await call("passkeys/register/begin/", {}, by));
	const credential = await navigator.credentials.create({publicKey});
	return call("passkeys/register/complete/", {credential: credential.toJSON(), name: "Browser"}, by);
};
const signIn = async names => {
	const {session_id, ...options} = await call("passkeys/login/begin/", names);
	const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
	const credential = await navigator.credentials.get({publicKey});
	return call("passkeys/login/complete/", {credential: credential.toJSON(), session_id});
};
</script>`

// A real browser, with an authenticator that presses its own button.
func TestABrowserRegistersAPasskeyAndSignsInByIt(t *testing.T) {
	port := pages(t)
	app := "http://" + browserApp + ":" + port
	seen, let := watch(t)
	s := accessBoot(t, map[string]string{
		"PUBLIC_URL": seen.url, "ALLOWED_HOSTS": browserService + ",127.0.0.1", "CORS_ALLOWED_ORIGINS": app,
		"PASSKEYS": "true", "PASSKEY_RP_ID": "site.localhost", "PASSKEY_RP_ORIGINS": app, "PASSKEY_USER_VERIFICATION": "required",
	})
	let(s.URL)
	b := openBrowser(t)
	b.do(t, webauthn.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}).Do(ctx)
		return err
	}))
	b.show(t, app, "<script>const api = '"+seen.url+"/dj-rest-auth/'</script>"+passkeyScript)
	name := s.register(t)
	token := b.run(t, `call("login/", {username: "`+name+`", password: "`+accessPassword+`"}).then(a => a.key)`)
	require.Len(t, token, 40)

	require.Equal(t, `["internal"]`, b.run(t, `register("`+token+`").then(a => JSON.stringify(a.transports))`), "told where browsers put them")
	for _, names := range []string{`{}`, `{username: "` + name + `"}`, `{email: "` + name + `@example.com"}`} {
		require.Equal(t, token, b.run(t, `signIn(`+names+`).then(a => a.key)`), names)
	}
	refused := b.run(t, `register("`+token+`").then(() => "registered", e => e.name)`)
	require.Equal(t, "InvalidStateError", refused, "the authenticator has one for the account already")
	require.NotEmpty(t, seen.take("/dj-rest-auth/passkeys/login/complete/"))
	sent := 0
	for _, letter := range s.Mailbox.Unread(t, name+"@example.com") {
		if strings.Contains(letter.Subject, "Passkey Added") {
			sent++
		}
	}
	require.Equal(t, 1, sent, "the owner is told")
}
