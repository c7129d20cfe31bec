package integration

import (
	"bytes"
	"encoding/json"
	"image/png"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/require"

	"latchkey/domain/factors"
	"latchkey/domain/secret"
)

// factorScript is what a front end needs to set a second factor up and to sign in with it.
const factorScript = `<!doctype html><body style="background: #eee"><img id="code" alt="scan this"><script>
let token = "", begun = {}, waiting = "";
const call = async (method, path, body) => {
	const headers = {"Content-Type": "application/json"};
	if (token) headers.Authorization = "Token " + token;
	const answer = await fetch(api + path, {method, headers, body: body && JSON.stringify(body)});
	if (!answer.ok) throw new Error(path + answer.status + await answer.text());
	return answer.json();
};
const signIn = async (username, password) => {
	token = "";
	const answer = await call("POST", "login/", {username, password});
	token = answer.key ?? "";
	waiting = answer.ephemeral_token ?? "";
	return answer;
};
const showCode = async () => {
	begun = await call("GET", "mfa/totp/activate/");
	const image = document.getElementById("code");
	image.src = begun.qr_code_data_uri;
	await image.decode();
	return "shown";
};
const switchOn = code => call("POST", "mfa/totp/activate/", {activation_token: begun.activation_token, code});
const verify = async code => {
	const answer = await call("POST", "mfa/verify/", {ephemeral_token: waiting, code});
	token = answer.key;
	return answer;
};
const leave = async () => {
	const answer = await call("POST", "logout/", {});
	token = "";
	return answer.detail;
};
</script>`

// scanned is what an authenticator app gets to know of a QR code.
type scanned struct {
	issuer, account string
	secret          secret.String
	rules           factors.Rules
}

// scan reads the QR code that the browser shows, as a camera would: nothing but the
// pixels is looked at.
func (b *browser) scan(t *testing.T, selector string) scanned {
	t.Helper()
	var shot []byte
	b.do(t, chromedp.Screenshot(selector, &shot, chromedp.ByQuery))
	picture, err := png.Decode(bytes.NewReader(shot))
	require.NoError(t, err)
	bits, err := gozxing.NewBinaryBitmapFromImage(picture)
	require.NoError(t, err)
	found, err := qrcode.NewQRCodeReader().Decode(bits, nil)
	require.NoError(t, err, "no QR code can be read in the picture")
	return parseOTP(t, found.GetText())
}

// parseOTP reads the URL as authenticator apps do; what it leaves out has their defaults.
func parseOTP(t *testing.T, text string) scanned {
	t.Helper()
	read, err := url.Parse(text)
	require.NoError(t, err)
	require.Equal(t, "otpauth", read.Scheme)
	require.Equal(t, "totp", read.Host)
	query := read.Query()
	require.NotContains(t, query, "algorithm", "many apps know SHA-1 alone")
	number := func(name, otherwise string) int {
		if query.Has(name) {
			otherwise = query.Get(name)
		}
		n, err := strconv.Atoi(otherwise)
		require.NoError(t, err)
		return n
	}
	prefix, account, labelled := strings.Cut(strings.TrimPrefix(read.Path, "/"), ":")
	if !labelled {
		prefix, account = "", prefix
	}
	require.Equal(t, query.Get("issuer"), prefix, "the two places of the issuer agree")
	return scanned{
		issuer: prefix, account: account, secret: secret.New(query.Get("secret")),
		rules: factors.Rules{Digits: number("digits", "6"), Period: time.Duration(number("period", "30")) * time.Second},
	}
}

// A real browser shows the code of a front end's page; the test scans it from the screen.
func TestABrowserSetsUpASecondFactorAndSignsInByIt(t *testing.T) {
	for name, test := range map[string]struct {
		settings map[string]string
		issuer   string
		rules    factors.Rules
	}{
		"as apps expect": {nil, "", factors.Rules{Digits: 6, Period: 30 * time.Second}},
		"otherwise": {
			map[string]string{"MFA_TOTP_ISSUER": "Ärger & Söhne", "MFA_TOTP_DIGITS": "8", "MFA_TOTP_PERIOD": "60"},
			"Ärger & Söhne", factors.Rules{Digits: 8, Period: time.Minute},
		},
	} {
		t.Run(name, func(t *testing.T) {
			port := pages(t)
			app := "http://" + browserApp + ":" + port
			seen, let := watch(t)
			s := accessBoot(t, map[string]string{
				"PUBLIC_URL": seen.url, "ALLOWED_HOSTS": browserService + ",127.0.0.1", "CORS_ALLOWED_ORIGINS": app, "MFA": "true",
			}, test.settings)
			let(s.URL)
			person := s.register(t)
			b := openBrowser(t)
			b.show(t, app, "<script>const api = '"+seen.url+"/dj-rest-auth/'</script>"+factorScript)
			signIn := `signIn("` + person + `", "` + accessPassword + `").then(a => JSON.stringify(a))`
			require.Contains(t, b.run(t, signIn), `"key"`)
			require.Equal(t, "shown", b.run(t, `showCode()`))

			got := b.scan(t, "#code")
			require.Equal(t, test.issuer, got.issuer)
			require.Equal(t, person+"@example.com", got.account)
			require.Equal(t, test.rules, got.rules)
			require.Regexp(t, `^[A-Z2-7]{32}$`, got.secret.Reveal())
			require.Equal(t, b.run(t, `begun.secret`), got.secret.Reveal(), "what is typed in where no camera is")

			on := b.run(t, `switchOn("`+got.rules.Code(got.secret, s.Clock.Now())+`").then(a => JSON.stringify(a))`)
			var codes struct {
				Recovery []string `json:"recovery_codes"`
			}
			require.NoError(t, json.Unmarshal([]byte(on), &codes))
			require.Len(t, codes.Recovery, 10)
			require.Contains(t, b.run(t, `leave()`), "Successfully logged out")

			s.Clock.Advance(got.rules.Period)
			asked := b.run(t, signIn)
			require.Contains(t, asked, `"mfa_required":true`)
			require.NotContains(t, asked, `"key"`)
			require.Equal(t, "", b.run(t, `token`))
			require.Contains(t, b.run(t, `verify("000").catch(String)`), "400", "a wrong code")
			require.Len(t, b.run(t, `verify("`+got.rules.Code(got.secret, s.Clock.Now())+`").then(a => a.key)`), 40)
			require.Contains(t, b.run(t, `call("GET", "user/").then(a => a.username)`), person)
		})
	}
}
