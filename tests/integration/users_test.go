package integration

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// Hashes of passlib 1.7.4 for usersPassword, one of each kind.
const usersPassword = "correct-horse-9"

var usersHashes = map[string]string{
	"pbkdf2sha256": "$pbkdf2-sha256$10$Sun933svxXjPOUdojdHamw$b/PVIMvldYL8kivFz20RF0A781FvRSNIiEoQooD1ORQ",
	"pbkdf2text":   "$pbkdf2-sha256$10$cGxhaW5zYWx0cGxhaW4xNg$5AIcV2gSGo9Pzn/iNP6hABzTRwWbm8Qxvu95ZHd2HNM",
	"pbkdf2sha1":   "$pbkdf2$10$UkrpnVPKOaf0nrPWOscYww$zWL/9Xs/D5eOLR5FSpYpjF818xE",
	"bcrypt2a":     "$2a$04$RaoRRupCjYjx0e6ge6.a1.OW0InEFwypxi.TF/7mE3v9ZchPYb0/e",
	"bcrypt2b":     "$2b$04$/MunTTcaYQUmvmBv.zpYVuQ0Z3TRPK6XyzZQtrYhmfeiAN8mtXV7q",
	"bcrypt2y":     "$2y$04$p0WQggE95QXv6wNRxyYazeXDGKyflsOqWh8dCx/PZSX5o3ENi8ybu",
	"argon2id":     "$argon2id$v=19$m=64,t=1,p=1$be29V8r5/x8DgFBKae3d+w$oghWgn285R5kjq5PfJ75aA",
	"argon2i":      "$argon2i$v=19$m=64,t=1,p=1$KkXoPUcI4ZxTSikFAIAwZg$o0b/3iQG41yHMTFaRGr8cw",
	"scrypt":       "$scrypt$ln=4,r=8,p=1$03ovBeBcy/l/TwmBkBICYA$14h7vso73VCqtJk2QYOuE0T0whjT4Db4hqjUO0QidjM",
}

func TestPeopleWhoWereMovedSignInWithTheirOldPasswords(t *testing.T) {
	data := t.TempDir()
	file := filepath.Join(t.TempDir(), "people.jsonl")
	var lines []byte
	for name, hash := range usersHashes {
		line, err := json.Marshal(map[string]any{"username": name, "password": hash})
		require.NoError(t, err)
		lines = append(append(lines, line...), '\n')
	}
	require.NoError(t, os.WriteFile(file, lines, 0o600))
	out, err := processCommand(t, []string{"DATA_DIR=" + data}, "users", "import", file).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, "Added: 9, there already: 0, refused: 0.\n", string(out))

	service := kit.App(t, kit.WithDatabase(filepath.Join(data, "latchkey.sqlite3")))
	for name := range usersHashes {
		require.Equal(t, http.StatusBadRequest, usersSignIn(t, service, name, "correct-horse-8"), name)
		require.Equal(t, http.StatusOK, usersSignIn(t, service, name, usersPassword), name)
		// The first sign-in made the hash anew, in Django's encoding.
		require.Equal(t, http.StatusOK, usersSignIn(t, service, name, usersPassword), name)
	}
	out, err = processCommand(t, []string{"DATA_DIR=" + data}, "users", "export", "--with-passwords").Output()
	require.NoError(t, err)
	require.NotContains(t, string(out), ",$", "no hash of passlib's form is left")
}

func usersSignIn(t *testing.T, service *kit.Service, name, password string) int {
	t.Helper()
	form := url.Values{"username": {name}, "password": {password}}
	response, err := service.Client.PostForm(service.URL+"/dj-rest-auth/login/", form)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}
