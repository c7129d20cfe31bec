package webauthn_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"
	"github.com/stretchr/testify/require"

	"latchkey/adapters/webauthn"
	"latchkey/domain/passkeys"
	"latchkey/tests/kit"
)

var challenge = base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{7}, 64))

// asked is what both kinds of options have in common.
const asked = `{"rpId": "example.com", "rp": {"id": "example.com"}, "user": {"id": "aGFuZGxl"}, "challenge": "`

func options() []byte { return []byte(asked + challenge + `"}`) }

func text(t testing.TB, answer any) []byte {
	out, err := json.Marshal(answer)
	require.NoError(t, err)
	return out
}

type lie = func(*kit.Ceremony)

func TestWhatARegistrationIsHeldTo(t *testing.T) {
	for name, c := range map[string]struct {
		lie  lie
		good bool
	}{
		"the truth":                   {func(*kit.Ceremony) {}, true},
		"backed up":                   {func(c *kit.Ceremony) { c.BackupEligible, c.BackedUp = true, true }, true},
		"not verified":                {func(c *kit.Ceremony) { c.Verified = false }, true},
		"vouched for by itself":       {func(c *kit.Ceremony) { c.Format = "packed" }, true},
		"of a login":                  {func(c *kit.Ceremony) { c.Type = "webauthn.get" }, false},
		"another challenge":           {func(c *kit.Ceremony) { c.Challenge = strings.Repeat("d", 86) }, false},
		"no challenge":                {func(c *kit.Ceremony) { c.Challenge = "" }, false},
		"another origin":              {func(c *kit.Ceremony) { c.Origin = "https://evil.example" }, false},
		"a subdomain":                 {func(c *kit.Ceremony) { c.Origin = "https://sub.example.com" }, false},
		"in clear":                    {func(c *kit.Ceremony) { c.Origin = "http://example.com" }, false},
		"a slash":                     {func(c *kit.Ceremony) { c.Origin = "https://example.com/" }, false},
		"in capitals":                 {func(c *kit.Ceremony) { c.Origin = "https://EXAMPLE.com" }, false},
		"a port that goes unsaid":     {func(c *kit.Ceremony) { c.Origin = "https://example.com:443" }, false},
		"within another site's page":  {func(c *kit.Ceremony) { c.CrossOrigin = true }, false},
		"another relying party":       {func(c *kit.Ceremony) { c.RPID = "evil.example" }, false},
		"nobody there":                {func(c *kit.Ceremony) { c.Present = false }, false},
		"a copy of what has none":     {func(c *kit.Ceremony) { c.BackedUp = true }, false},
		"an id that can be guessed":   {func(c *kit.Ceremony) { c.ID = []byte{1} }, false},
		"no id":                       {func(c *kit.Ceremony) { c.ID = nil }, false},
		"an id beyond WebAuthn's":     {func(c *kit.Ceremony) { c.ID = make([]byte, 1024) }, false},
		"a forged attestation":        {func(c *kit.Ceremony) { c.Format, c.Forged = "packed", true }, false},
		"an attestation by others":    {func(c *kit.Ceremony) { c.Format = "tpm" }, false},
		"an attestation of some kind": {func(c *kit.Ceremony) { c.Format = "" }, false},
	} {
		authenticator := kit.NewAuthenticator(t, "https://example.com")
		attested, err := webauthn.New().Registered(text(t, authenticator.Create(t, options(), c.lie)), example(t, challenge))
		if !c.good {
			require.Equal(t, passkeys.ErrRegistrationRefused, err, name)
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, authenticator.ID, attested.CredentialID)
		require.Equal(t, []string{"internal"}, attested.Transports)
		require.Equal(t, name != "not verified", attested.UserVerified)
		require.Equal(t, name == "backed up", attested.BackupEligible && attested.BackedUp)
	}
}

func TestWhatAnAssertionIsHeldTo(t *testing.T) {
	for name, c := range map[string]struct {
		lie  lie
		good bool
	}{
		"the truth":                  {func(*kit.Ceremony) {}, true},
		"not verified":               {func(c *kit.Ceremony) { c.Verified = false }, true},
		"without a user handle":      {func(c *kit.Ceremony) { c.UserHandle = nil }, true},
		"of a registration":          {func(c *kit.Ceremony) { c.Type = "webauthn.create" }, false},
		"of a payment":               {func(c *kit.Ceremony) { c.Type = "payment.get" }, false},
		"another challenge":          {func(c *kit.Ceremony) { c.Challenge = strings.Repeat("d", 86) }, false},
		"another origin":             {func(c *kit.Ceremony) { c.Origin = "https://evil.example" }, false},
		"a slash":                    {func(c *kit.Ceremony) { c.Origin = "https://example.com/" }, false},
		"no origin":                  {func(c *kit.Ceremony) { c.Origin = "" }, false},
		"within another site's page": {func(c *kit.Ceremony) { c.CrossOrigin = true }, false},
		"another relying party":      {func(c *kit.Ceremony) { c.RPID = "com" }, false},
		"nobody there":               {func(c *kit.Ceremony) { c.Present = false }, false},
		"a forged signature":         {func(c *kit.Ceremony) { c.Forged = true }, false},
	} {
		authenticator := kit.NewAuthenticator(t, "https://example.com")
		attested, err := webauthn.New().Registered(text(t, authenticator.Create(t, options())), example(t, challenge))
		require.NoError(t, err)
		asserted, err := webauthn.New().Asserted(text(t, authenticator.Get(t, options(), c.lie)), attested.PublicKey, example(t, challenge))
		if !c.good {
			require.Equal(t, passkeys.ErrRefused, err, name)
			continue
		}
		require.NoError(t, err, name)
		require.EqualValues(t, 1, asserted.SignCount)
		require.Equal(t, name != "not verified", asserted.UserVerified)
		require.Equal(t, name != "without a user handle", bytes.Equal([]byte("handle"), asserted.UserHandle))
	}
}

func TestVerificationIsDemandedWhereThePolicySaysSo(t *testing.T) {
	expected := example(t, challenge)
	expected.Verification = passkeys.VerificationRequired
	unverified := func(c *kit.Ceremony) { c.Verified = false }
	authenticator := kit.NewAuthenticator(t, "https://example.com")
	_, err := webauthn.New().Registered(text(t, authenticator.Create(t, options(), unverified)), expected)
	require.ErrorIs(t, err, passkeys.ErrRegistrationRefused)
	attested, err := webauthn.New().Registered(text(t, authenticator.Create(t, options())), expected)
	require.NoError(t, err)
	_, err = webauthn.New().Asserted(text(t, authenticator.Get(t, options(), unverified)), attested.PublicKey, expected)
	require.ErrorIs(t, err, passkeys.ErrRefused)
	_, err = webauthn.New().Asserted(text(t, authenticator.Get(t, options())), attested.PublicKey, expected)
	require.NoError(t, err)
}

func TestAnotherKeysSignatureIsRefused(t *testing.T) {
	ann, eve := kit.NewAuthenticator(t, "https://example.com"), kit.NewAuthenticator(t, "https://example.com")
	attested, err := webauthn.New().Registered(text(t, ann.Create(t, options())), example(t, challenge))
	require.NoError(t, err)
	eve.ID = ann.ID
	_, err = webauthn.New().Asserted(text(t, eve.Get(t, options())), attested.PublicKey, example(t, challenge))
	require.ErrorIs(t, err, passkeys.ErrRefused)
	for _, key := range [][]byte{nil, {}, {0xa0}, []byte("garbage"), bytes.Repeat([]byte{0xff}, 2000)} {
		_, err = webauthn.New().Asserted(text(t, ann.Get(t, options())), key, example(t, challenge))
		require.ErrorIs(t, err, passkeys.ErrRefused)
	}
}

// changed returns the answer with a change of its JSON.
func changed(t *testing.T, answer map[string]any, change func(outer, inner map[string]any)) []byte {
	change(answer, answer["response"].(map[string]any))
	return text(t, answer)
}

func TestTheFormOfAnAnswer(t *testing.T) {
	set := func(name string, value any) func(map[string]any, map[string]any) {
		return func(outer, inner map[string]any) {
			if rest, found := strings.CutPrefix(name, "response."); found {
				inner[rest] = value
				return
			}
			outer[name] = value
		}
	}
	other := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	for _, c := range []struct {
		name  string
		value any
		good  bool
	}{
		// What is not looked at, and what clients of upstream have sent.
		{"authenticatorAttachment", "somewhere", true}, {"authenticatorAttachment", 5, true}, {"authenticatorAttachment", nil, true},
		{"clientExtensionResults", "x", true}, {"clientExtensionResults", nil, true}, {"new", map[string]any{}, true},
		{"response.publicKey", 5, true}, {"response.authenticatorData", []int{1}, true}, {"response.transports", "usb", true},
		{"type", "password", false}, {"type", "", false}, {"type", nil, false}, {"type", 5, false},
		{"id", other, false}, {"id", nil, false}, {"id", "", false}, {"rawId", other, false}, {"rawId", nil, false}, {"rawId", 5, false}, {"rawId", "é", false},
		{"response", nil, false}, {"response", []any{}, false}, {"response", "x", false},
		{"response.clientDataJSON", nil, false}, {"response.clientDataJSON", "***", false}, {"response.clientDataJSON", "Z2FyYmFnZQ", false},
		{"response.clientDataJSON", "W10", false}, {"response.clientDataJSON", "e30", false}, {"response.clientDataJSON", 5, false},
		{"response.attestationObject", nil, false}, {"response.attestationObject", "", false}, {"response.attestationObject", "oA", false},
		{"response.attestationObject", strings.Repeat("A", 100_000), false},
	} {
		authenticator := kit.NewAuthenticator(t, "https://example.com")
		_, err := webauthn.New().Registered(changed(t, authenticator.Create(t, options()), set(c.name, c.value)), example(t, challenge))
		if c.good {
			require.NoError(t, err, "%s: %v", c.name, c.value)
		} else {
			require.Equal(t, passkeys.ErrRegistrationRefused, err, "%s: %v", c.name, c.value)
		}
	}
	for _, whole := range []string{``, `null`, `"x"`, `[]`, `5`, `{}`, `{`, `{"response": {}}`} {
		_, err := webauthn.New().Registered([]byte(whole), example(t, challenge))
		require.ErrorIs(t, err, passkeys.ErrRegistrationRefused, whole)
		_, err = webauthn.New().Asserted([]byte(whole), nil, example(t, challenge))
		require.ErrorIs(t, err, passkeys.ErrRefused, whole)
	}
}

func TestTransportsAreReadWhereBrowsersPutThem(t *testing.T) {
	for want, change := range map[string]func(outer, inner map[string]any){
		"ble":      func(_, inner map[string]any) { inner["transports"] = []string{"ble"} },
		"usb,nfc":  func(outer, _ map[string]any) { outer["transports"] = []any{"usb", 5, nil, "nfc"} },
		"":         func(_, inner map[string]any) { delete(inner, "transports") },
		"internal": func(outer, _ map[string]any) { outer["transports"] = map[string]any{"x": 1} },
		"hybrid,it": func(outer, inner map[string]any) {
			outer["transports"], inner["transports"] = []string{"hybrid", "it"}, 5
		},
	} {
		authenticator := kit.NewAuthenticator(t, "https://example.com")
		attested, err := webauthn.New().Registered(changed(t, authenticator.Create(t, options()), change), example(t, challenge))
		require.NoError(t, err)
		require.Equal(t, want, strings.Join(attested.Transports, ","))
	}
}

// Whatever else is sent there is what a client that does not ask sends: nothing, and upstream says true.
func TestWhetherACredentialIsDiscoverableIsTheBrowsersWord(t *testing.T) {
	told := func(resident any) any { return map[string]any{"credProps": map[string]any{"rk": resident}} }
	for _, c := range []struct {
		outputs any
		want    bool
	}{
		{told(true), true}, {told(false), false},
		{told(nil), true}, {told("false"), true}, {told(0), true}, {told([]bool{false}), true},
		{nil, true}, {"x", true}, {[]any{}, true}, {map[string]any{}, true},
		{map[string]any{"credProps": nil}, true}, {map[string]any{"credProps": false}, true}, {map[string]any{"credProps": map[string]any{}}, true},
		{map[string]any{"rk": false}, true}, {map[string]any{"credProps": map[string]any{"RK": false}}, true},
	} {
		authenticator := kit.NewAuthenticator(t, "https://example.com")
		answer := changed(t, authenticator.Create(t, options()), func(outer, _ map[string]any) { outer["clientExtensionResults"] = c.outputs })
		attested, err := webauthn.New().Registered(answer, example(t, challenge))
		require.NoError(t, err)
		require.Equal(t, c.want, attested.Discoverable, "%v", c.outputs)
	}
}

func TestWhichCredentialAnAssertionNames(t *testing.T) {
	for answer, want := range map[string]error{
		`{"rawId": "AQID", "id": "x"}`: nil, `{"rawId": "AQID="}`: nil, `{"id": "AQID"}`: nil,
		``: passkeys.ErrMalformed, `"x"`: passkeys.ErrMalformed, `null`: passkeys.ErrMalformed, `[]`: passkeys.ErrMalformed, `5`: passkeys.ErrMalformed,
		`{}`: passkeys.ErrUnknown, `{"rawId": 5}`: passkeys.ErrUnknown, `{"rawId": null, "id": "AQID"}`: passkeys.ErrUnknown, `{"rawId": ""}`: passkeys.ErrUnknown,
		`{"rawId": "===="}`: passkeys.ErrUnknown, `{"rawId": "a"}`: passkeys.ErrUnknown, `{"rawId": "é"}`: passkeys.ErrUnknown, `{"rawId": {}}`: passkeys.ErrUnknown,
		`{"rawId": "AQ\nID"}`:                                          passkeys.ErrUnknown,
		`{"rawId": "` + strings.Repeat("A", 1400) + `"}`:               passkeys.ErrUnknown,
		`{"rawId": "AQID", "x": "` + strings.Repeat("x", 1<<16) + `"}`: passkeys.ErrMalformed,
	} {
		id, err := webauthn.New().Named([]byte(answer))
		if want == nil {
			require.NoError(t, err, answer)
			require.Equal(t, []byte{1, 2, 3}, id)
			continue
		}
		require.Equal(t, want, err, answer)
	}
}

// Another implementation of the other side than our own.
func TestAVirtualAuthenticatorOfOthersGoesRound(t *testing.T) {
	for _, kind := range []virtualwebauthn.KeyType{virtualwebauthn.KeyTypeEC2, virtualwebauthn.KeyTypeRSA} {
		party := virtualwebauthn.RelyingParty{Name: "Example", ID: "example.com", Origin: "https://example.com"}
		authenticator, credential := virtualwebauthn.NewAuthenticator(), virtualwebauthn.NewCredential(kind)
		creation, err := virtualwebauthn.ParseAttestationOptions(asked + challenge + `", "pubKeyCredParams": []}`)
		require.NoError(t, err)
		attested, err := webauthn.New().Registered([]byte(virtualwebauthn.CreateAttestationResponse(party, authenticator, credential, *creation)), example(t, challenge))
		require.NoError(t, err)
		require.Equal(t, credential.ID, attested.CredentialID)

		request, err := virtualwebauthn.ParseAssertionOptions(asked + challenge + `"}`)
		require.NoError(t, err)
		credential.Counter = 5
		asserted, err := webauthn.New().Asserted([]byte(virtualwebauthn.CreateAssertionResponse(party, authenticator, credential, *request)), attested.PublicKey, example(t, challenge))
		require.NoError(t, err)
		require.EqualValues(t, 5, asserted.SignCount)
	}
}

// Whatever a stranger sends is refused in the same words, and breaks nothing.
func FuzzCeremonies(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add([]byte(v.Registration))
		f.Add([]byte(v.Assertion))
	}
	v := vectors(f)[0]
	expected := example(f, v.Challenge)
	attested, err := webauthn.New().Registered(v.Registration, expected)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, answer []byte) {
		if _, err := webauthn.New().Registered(answer, expected); err != nil {
			require.Equal(t, passkeys.ErrRegistrationRefused, err)
		}
		if _, err := webauthn.New().Asserted(answer, attested.PublicKey, expected); err != nil {
			require.Equal(t, passkeys.ErrRefused, err)
		}
		_, _ = webauthn.New().Named(answer)
	})
}
