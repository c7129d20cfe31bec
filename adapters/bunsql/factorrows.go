package bunsql

import (
	"encoding/json"
	"fmt"
	"strconv"

	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
)

// factorRow is a row of dj_rest_auth_mfa_authenticator.
type factorRow struct {
	Type       string     `bun:"type"`
	Data       string     `bun:"data"`
	CreatedAt  djangoTime `bun:"created_at"`
	LastUsedAt djangoTime `bun:"last_used_at"`
}

// The types of a factorRow.
const (
	typeTOTP     = "totp"
	typeRecovery = "recovery_codes"
)

const (
	selectFactors = `SELECT type, data, created_at, last_used_at FROM dj_rest_auth_mfa_authenticator WHERE user_id = $1`
	insertFactor  = `INSERT INTO dj_rest_auth_mfa_authenticator (data, created_at, last_used_at, user_id, type) VALUES ($1`
	updateFactor  = `UPDATE dj_rest_auth_mfa_authenticator SET data = $1`
	deleteFactor  = `DELETE FROM dj_rest_auth_mfa_authenticator WHERE user_id = $1 AND type = $2`
)

// The members of data. Those of Django's form have upstream's names. sealed holds what
// of our own form is encrypted; step is beside either, and no program but ours reads it.
const (
	memberSecret   = "secret"
	memberLastCode = "last_code"
	memberSeed     = "seed"
	memberUsed     = "used_mask"
	memberSealed   = "latchkey"
	memberStep     = "latchkey_step"
)

// members are the members of data. Those that nobody here knows stay.
type members map[string]json.RawMessage

// membersOf returns none for text that is no object.
func membersOf(data string) members {
	var m members
	if json.Unmarshal([]byte(data), &m) != nil || m == nil {
		return members{}
	}
	return m
}

// text returns a member that is text; empty when there is none.
func (m members) text(name string) string {
	var text string
	if json.Unmarshal(m[name], &text) != nil {
		return ""
	}
	return text
}

func (m members) setText(name, text string) {
	m[name], _ = json.Marshal(text) // text is always JSON
}

func (m members) String() string {
	text, err := json.Marshal(map[string]json.RawMessage(m))
	if err != nil {
		panic(err) // every member was read from JSON or made of a text or a number
	}
	return string(text)
}

// purposeOfFactor says what is encrypted, and whose it is: who can write to the table
// and has no key must not give one account the factor of another.
func purposeOfFactor(kind string, account accounts.ID) string {
	return "dj_rest_auth_mfa_authenticator." + kind + " of " + strconv.FormatInt(int64(account), 10)
}

// totp reads the row of an authenticator app, in either form.
func (f *Factors) totp(account accounts.ID, row factorRow) *factors.TOTP {
	m := membersOf(row.Data)
	totp := &factors.TOTP{LastCode: m.text(memberLastCode), Created: row.CreatedAt.Time, LastUsed: row.LastUsedAt.Time}
	// A step that is no number is as good as none was kept.
	totp.Burnt, _ = strconv.ParseInt(string(m[memberStep]), 10, 64)
	if sealed := m.text(memberSealed); sealed != "" {
		// What cannot be decrypted is left empty: no code fits, and the factor stands.
		totp.Secret, _ = f.cipher.Decrypt(sealed, purposeOfFactor(typeTOTP, account))
	} else if stored := m.text(memberSecret); stored != "" {
		totp.Secret = f.seals.Open(stored)
	}
	return totp
}

// sealedCodes is what of recovery codes is encrypted.
type sealedCodes struct {
	Salt    string   `json:"salt"`
	Digests []string `json:"digests"`
}

// recovery reads the row of recovery codes, in either form.
func (f *Factors) recovery(account accounts.ID, row factorRow) *factors.Recovery {
	m := membersOf(row.Data)
	recovery := &factors.Recovery{Created: row.CreatedAt.Time, LastUsed: row.LastUsedAt.Time}
	used, err := strconv.ParseUint(string(m[memberUsed]), 10, 64)
	if err != nil && m[memberUsed] != nil {
		return recovery // which of them are used is not known: none is good
	}
	recovery.Used = used
	sealed := m.text(memberSealed)
	if sealed == "" {
		recovery.Seed = secret.New(m.text(memberSeed))
		return recovery
	}
	var opened sealedCodes
	plain, err := f.cipher.Decrypt(sealed, purposeOfFactor(typeRecovery, account))
	if err == nil && json.Unmarshal([]byte(plain.Reveal()), &opened) == nil {
		recovery.Salt, recovery.Digests = opened.Salt, opened.Digests
	}
	return recovery
}

// totpData writes what is kept of an authenticator app. A secret that was there stays
// in the form that it has: the program that made it reads it.
func (f *Factors) totpData(account accounts.ID, before *factorRow, old, totp *factors.TOTP) (string, error) {
	m := members{}
	switch {
	case before != nil && old.Secret.Equal(totp.Secret):
		m = membersOf(before.Data)
	case f.readable:
		m.setText(memberSecret, f.seals.Seal(totp.Secret))
	default:
		sealed, err := f.cipher.Encrypt(totp.Secret, purposeOfFactor(typeTOTP, account))
		if err != nil {
			return "", fmt.Errorf("bunsql: encrypt second factor: %w", err)
		}
		m.setText(memberSealed, sealed)
	}
	m[memberStep] = json.RawMessage(strconv.FormatInt(totp.Burnt, 10))
	if _, ours := m[memberSealed]; !ours && totp.LastCode != "" {
		m.setText(memberLastCode, totp.LastCode)
	}
	return m.String(), nil
}

// recoveryData writes what is kept of recovery codes, as totpData does.
func (f *Factors) recoveryData(account accounts.ID, before *factorRow, old, recovery *factors.Recovery) (string, error) {
	m := members{}
	switch kept := before != nil && old.Salt == recovery.Salt && old.Seed.Equal(recovery.Seed); {
	case kept && old.Used == recovery.Used:
		// Also where it cannot be read which of them are used: none must be unused by that.
		return before.Data, nil
	case kept:
		m = membersOf(before.Data)
	case !recovery.Seed.Empty():
		m.setText(memberSeed, recovery.Seed.Reveal())
	default:
		plain, err := json.Marshal(sealedCodes{Salt: recovery.Salt, Digests: recovery.Digests})
		if err != nil {
			return "", fmt.Errorf("bunsql: recovery codes: %w", err)
		}
		sealed, err := f.cipher.Encrypt(secret.New(string(plain)), purposeOfFactor(typeRecovery, account))
		if err != nil {
			return "", fmt.Errorf("bunsql: encrypt recovery codes: %w", err)
		}
		m.setText(memberSealed, sealed)
	}
	m[memberUsed] = json.RawMessage(strconv.FormatUint(recovery.Used, 10))
	return m.String(), nil
}
