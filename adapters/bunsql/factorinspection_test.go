package bunsql

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
)

// shutCipher is one whose key was changed.
type shutCipher struct{ openCipher }

func (shutCipher) Decrypt(string, string) (secret.String, error) {
	return secret.String{}, errors.New("another key")
}

func inspect(t *testing.T, db *DB, change func(*FactorForms)) []ports.Oddity {
	t.Helper()
	forms := FactorForms{
		Cipher: openCipher{}, Seals: openFactorSeals{}, Demanded: true,
		Signed: func(stored string) bool { return strings.HasSuffix(stored, ":signed") },
		Checks: func(key []byte) bool { return string(key) == "key" },
	}
	if change != nil {
		change(&forms)
	}
	found, err := NewFactorInspection(db, forms).FactorOddities(t.Context())
	require.NoError(t, err)
	return found
}

// addFactor stores a row as it is.
func addFactor(t *testing.T, db *DB, account accounts.ID, kind, data string) {
	t.Helper()
	execute(t, db, `INSERT INTO dj_rest_auth_mfa_authenticator (user_id, type, data, created_at) VALUES ($1, $2, $3, '2026-01-02 03:04:05')`,
		int64(account), kind, jsonText(data))
}

func addPasskey(t *testing.T, db *DB, account accounts.ID, id, key string) {
	t.Helper()
	execute(t, db, `INSERT INTO passkeys_webauthncredential (name, credential_id, public_key, sign_count, transports, discoverable, created_at, user_id)
		VALUES ('n', $1, $2, 0, '[]', $3, '2026-01-02 03:04:05', $4)`, []byte(id), []byte(key), true, int64(account))
}

func odd(kind string, ids ...accounts.ID) ports.Oddity {
	return ports.Oddity{Kind: kind, Count: len(ids), Examples: ids}
}

// onBoth runs the test on either kind of database.
func onBoth(t *testing.T, test func(*testing.T, *DB)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, migrated(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, onPostgres(t)) })
}

func TestWhatIsWrongWithSecondFactorsIsFound(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		require.Empty(t, inspect(t, db, nil))
		ours, signed, unsigned, broken := addAccount(t, db, "ours").ID(), addAccount(t, db, "signed").ID(), addAccount(t, db, "unsigned").ID(), addAccount(t, db, "broken").ID()
		recovery, _ := factors.NewRecovery("salt", []string{"0123abcd"}, now)
		setUp(t, factorsIn(db, false), ours, recovery)
		addPasskey(t, db, ours, "id", "key")
		require.Empty(t, inspect(t, db, nil), "what the service writes is in order")

		addFactor(t, db, signed, "totp", `{"secret": "`+appSecret.Reveal()+`:signed"}`)
		addFactor(t, db, signed, "recovery_codes", `{"seed": "00ff", "used_mask": 0}`)
		addFactor(t, db, unsigned, "totp", `{"secret": "`+appSecret.Reveal()+`"}`)
		addFactor(t, db, broken, "totp", `{"secret": "no base 32!"}`)
		addFactor(t, db, broken, "recovery_codes", `{"seed": "00ff", "used_mask": "x"}`)
		for _, passkey := range []struct{ id, key string }{{"other", "no key"}, {strings.Repeat("x", 1024), "key"}} {
			addPasskey(t, db, broken, passkey.id, passkey.key)
		}
		wrong := []ports.Oddity{odd(ports.OddCodesForm, broken), odd(ports.OddPasskeyForm, broken)}
		require.Equal(t, append([]ports.Oddity{odd(ports.OddFactorForm, broken), odd(ports.OddFactorClear, signed, unsigned)}, wrong...), inspect(t, db, nil))
		readable := func(f *FactorForms) { f.Readable = true }
		require.Equal(t, append([]ports.Oddity{odd(ports.OddFactorForm, broken), odd(ports.OddFactorSigned, unsigned)}, wrong...), inspect(t, db, readable))

		found := inspect(t, db, func(f *FactorForms) { f.Cipher, f.Demanded = shutCipher{}, false })
		require.Equal(t, odd(ports.OddFactorSealed, ours), found[0])
		require.Contains(t, found, odd(ports.OddCodesSealed, ours))
		require.Contains(t, found, odd(ports.OddFactorOff, ours, signed, unsigned, broken))
	})
}

// Nobody's memory has to hold a table.
func TestEveryRowIsLookedAtSomeAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		const many = 2*inspectedBatch + 1
		var ids []accounts.ID
		for i := range many {
			execute(t, db, `INSERT INTO auth_user (password, is_superuser, username, last_name, email, is_staff, is_active, date_joined, first_name)
				VALUES ('!', $1, $2, '', '', $1, $3, '2020-01-02 03:04:05', '')`, false, "user"+strconv.Itoa(i), true)
		}
		for _, id := range texts(t, db, `SELECT id FROM auth_user ORDER BY id`) {
			n, err := strconv.Atoi(id)
			require.NoError(t, err)
			ids = append(ids, accounts.ID(n))
			addFactor(t, db, accounts.ID(n), "totp", `{}`)
			addFactor(t, db, accounts.ID(n), "recovery_codes", `{}`)
		}
		form := odd(ports.OddFactorForm, ids[:examples]...)
		form.Count = many
		codes := form
		codes.Kind = ports.OddCodesForm
		require.Equal(t, []ports.Oddity{form, codes}, inspect(t, db, nil))
	})
}
