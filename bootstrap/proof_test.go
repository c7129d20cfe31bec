package bootstrap

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/bunsql"
	"latchkey/application/inspection"
	"latchkey/bootstrap/config"
	"latchkey/domain/secret"
	"latchkey/domain/verification"
)

const (
	adasKey  = "LATCHKEY_SECRET_KEY=0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ"
	otherKey = "LATCHKEY_SECRET_KEY=ABCDEFGHIJabcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ"
)

// proved is what the doctor says of the proof.
func proved(t *testing.T, cfg config.Config, proof string) inspection.Finding {
	t.Helper()
	db, err := LookAtDatabase(t.Context(), cfg)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	doctor, err := NewDoctor(cfg, db, false, secret.New(proof))
	require.NoError(t, err)
	for _, found := range doctor.Examine(t.Context()) {
		if found.Check == "proof" {
			return found
		}
	}
	require.Fail(t, "the proof was not judged")
	return inspection.Finding{}
}

// adasSession signs in and returns the cookie's value.
func adasSession(t *testing.T, api http.Handler) string {
	t.Helper()
	form := strings.NewReader("username=ada&password=" + adasPassword)
	request := httptest.NewRequest(http.MethodPost, "/dj-rest-auth/login/", form)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer := httptest.NewRecorder()
	api.ServeHTTP(answer, request)
	for _, cookie := range answer.Result().Cookies() {
		if cookie.Name == "sessionid" {
			return cookie.Value
		}
	}
	require.Fail(t, "no session", answer.Body.String())
	return ""
}

// adasLink makes the parts of a fresh reset link.
func adasLink(t *testing.T, cfg config.Config) (uid, token string) {
	t.Helper()
	db, err := LookAtDatabase(t.Context(), cfg)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	found, err := bunsql.NewAccounts(db).ByUsername(t.Context(), "ada")
	require.NoError(t, err)
	rows, err := bunsql.NewAddresses(db).Of(t.Context(), found[0].ID())
	require.NoError(t, err)
	_, keys, _, err := givenKeys(cfg)
	require.NoError(t, err)
	return newResetTokens(cfg, keys).Make(verification.StateOf(found[0], rows), time.Now())
}

func TestTheDoctorJudgesTheKeyByWhatItSigned(t *testing.T) {
	for _, allauth := range []string{"true", "false"} {
		file := "LATCHKEY_DATABASE_URL=sqlite://" + filepath.Join(t.TempDir(), "latchkey.sqlite3")
		cfg := testSettings(t, file, adasKey)
		api := boot(t, cfg)
		status, answer := registerAda(t, api)
		require.Equal(t, http.StatusCreated, status, answer)
		session := adasSession(t, api)
		style := "LATCHKEY_ALLAUTH=" + allauth
		cfg = testSettings(t, file, adasKey, style)
		uid, token := adasLink(t, cfg)
		for _, proof := range []string{
			session, "sessionid=" + session, " sessionid=" + session + ";\n",
			uid + " " + token, fmt.Sprintf("https://site.example/reset/%s/%s/", uid, token),
			fmt.Sprintf("https://site.example/key/%s-%s", uid, token), fmt.Sprintf("https://site.example/?uid=%s&token=%s", uid, token),
		} {
			found := proved(t, cfg, proof)
			require.Equal(t, inspection.Good, found.Severity, "%s: %s", proof, found.Sentence)
			require.Contains(t, found.Sentence, "proves the setting SECRET_KEY")

			found = proved(t, testSettings(t, file, otherKey, style), proof)
			require.Equal(t, inspection.Broken, found.Severity, proof)
			require.NotContains(t, found.Sentence+found.Advice, strings.TrimSpace(proof))
			require.NotContains(t, found.Sentence+found.Advice, token)
		}
	}
}

func TestNonsenseProvesNothing(t *testing.T) {
	cfg := testSettings(t, adasKey)
	api := boot(t, cfg)
	_, _ = registerAda(t, api)
	for _, proof := range []string{"x", "sessionid=", "https://site.example/reset/zzzzz/c6qz5r-00112233445566778899aabbccddeeff/", "\x00", strings.Repeat("=", 4000)} {
		require.Equal(t, inspection.Broken, proved(t, cfg, proof).Severity, "%.40q", proof)
	}
}
