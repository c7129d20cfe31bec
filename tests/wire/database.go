package wire

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

// database carries out directives on the tables of a service that is running.
type database struct {
	db     *sql.DB
	secret string
	now    func() time.Time
	// postgres tells the two kinds of databases apart.
	postgres bool
}

// openDatabase opens the database beside the service: the SQLite file, where it waits
// for the service's locks instead of failing, or the PostgreSQL database at a URL.
func openDatabase(file, secret string, now func() time.Time) (*database, error) {
	if strings.Contains(file, "://") {
		db, err := sql.Open("pgx", file)
		return &database{db: db, secret: secret, now: now, postgres: true}, err
	}
	options := url.Values{"_pragma": {"busy_timeout(20000)", "foreign_keys(1)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", "file:"+file+"?"+options.Encode())
	return &database{db: db, secret: secret, now: now}, err
}

func (d *database) close() error { return d.db.Close() }

// verbs that act on an object; those on a plain name are in onNames.
var onObjects = map[string]func(*database, directive, Variables) error{
	"create_user":           (*database).createUser,
	"add_email":             (*database).addEmail,
	"set_password":          (*database).setPassword,
	"set_password_hash":     (*database).setPasswordHash,
	"set_email":             (*database).setEmail,
	"create_token":          (*database).createToken,
	"create_social_account": (*database).createSocialAccount,
	"make_reset_token":      (*database).makeResetToken,
	"make_email_key":        (*database).makeEmailKey,
	"create_totp":           (*database).createTOTP,
	"create_recovery_codes": (*database).createRecoveryCodes,
	"make_ephemeral_token":  (*database).makeEphemeralToken,
	"make_activation_token": (*database).makeActivationToken,
	"create_passkey":        (*database).createPasskey,
}

var onNames = map[string]func(*database, string) error{
	"deactivate_user": func(d *database, name string) error { return d.setActive(name, false) },
	"activate_user":   func(d *database, name string) error { return d.setActive(name, true) },
	"verify_email":    func(d *database, email string) error { return d.setVerified(email, true) },
	"unverify_email":  func(d *database, email string) error { return d.setVerified(email, false) },
	"delete_user":     (*database).deleteUser,
}

func (d *database) do(verb string, argument any, vars Variables) error {
	switch argument := argument.(type) {
	case map[string]any:
		if act, known := onObjects[verb]; known {
			return act(d, argument, vars)
		}
	case string:
		if act, known := onNames[verb]; known {
			return act(d, argument)
		}
	}
	return fmt.Errorf("unknown directive %q", verb)
}

func (d *database) exec(statement string, arguments ...any) error {
	_, err := d.db.Exec(d.words(statement), arguments...)
	return err
}

func (d *database) row(query string, arguments ...any) *sql.Row {
	return d.db.QueryRow(d.words(query), arguments...)
}

// words puts numbers to the parameters where the database wants them.
func (d *database) words(statement string) string {
	if !d.postgres {
		return statement
	}
	var numbered strings.Builder
	for i, part := range strings.Split(statement, "?") {
		if i > 0 {
			fmt.Fprintf(&numbered, "$%d", i)
		}
		numbered.WriteString(part)
	}
	return numbered.String()
}

// stored is the present time as the database takes it: for SQLite the text that
// Django keeps there.
func (d *database) stored() any {
	if d.postgres {
		return d.now().UTC().Truncate(time.Microsecond)
	}
	return d.now().UTC().Format("2006-01-02 15:04:05.000000")
}

func (d *database) user(name string) (id int64, err error) {
	err = d.row("SELECT id FROM auth_user WHERE username = ?", name).Scan(&id)
	return id, err
}

func (d *database) createUser(a directive, vars Variables) error {
	hash, err := hashOf(a)
	if err != nil {
		return err
	}
	err = d.exec(`INSERT INTO auth_user
		(password, last_login, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined)
		VALUES (?, NULL, ?, ?, ?, ?, ?, ?, ?, ?)`,
		hash, a.flag("is_superuser", false), a.text("username"), a.text("first_name"), a.text("last_name"),
		a.text("email"), a.flag("is_staff", false), a.flag("is_active", true), d.stored())
	if err != nil {
		return err
	}
	id, err := d.user(a.text("username"))
	if err != nil {
		return err
	}
	keep(a, vars, id)
	verified, hasRow := a["email_verified"].(bool)
	if a.text("email") == "" || !hasRow {
		return nil
	}
	return d.insertEmail(id, a.text("email"), verified, true)
}

// hashOf returns the hash of the directive's password; without one it is unusable.
func hashOf(a directive) (string, error) {
	password, given := a["password"].(string)
	if !given {
		return unusablePassword(), nil
	}
	return passwordHash(password)
}

// keep stores an id under the variable that the directive names.
func keep(a directive, vars Variables, id int64) {
	if name := a.text("capture"); name != "" {
		vars[name] = json.Number(decimal(id))
	}
}

func (d *database) insertEmail(user int64, email string, verified, primary bool) error {
	return d.exec(`INSERT INTO account_emailaddress (user_id, email, verified, "primary") VALUES (?, ?, ?, ?)`,
		user, strings.ToLower(email), verified, primary)
}

func (d *database) addEmail(a directive, _ Variables) error {
	id, err := d.user(a.text("user"))
	if err != nil {
		return err
	}
	return d.insertEmail(id, a.text("email"), a.flag("verified", false), a.flag("primary", false))
}

func (d *database) setActive(name string, active bool) error {
	return d.exec("UPDATE auth_user SET is_active = ? WHERE username = ?", active, name)
}

func (d *database) setVerified(email string, verified bool) error {
	return d.exec("UPDATE account_emailaddress SET verified = ? WHERE email = ?", verified, strings.ToLower(email))
}

func (d *database) setPassword(a directive, _ Variables) error {
	hash, err := hashOf(a)
	if err != nil {
		return err
	}
	return d.exec("UPDATE auth_user SET password = ? WHERE username = ?", hash, a.text("user"))
}

func (d *database) setPasswordHash(a directive, _ Variables) error {
	return d.exec("UPDATE auth_user SET password = ? WHERE username = ?", a.text("hash"), a.text("user"))
}

func (d *database) setEmail(a directive, _ Variables) error {
	return d.exec("UPDATE auth_user SET email = ? WHERE username = ?", a.text("email"), a.text("user"))
}

// deleteUser deletes an account and its rows, in the order that foreign keys ask
// for. Tables that this service does not have are passed over.
func (d *database) deleteUser(name string) error {
	id, err := d.user(name)
	if err != nil {
		return err
	}
	for _, table := range []string{
		"account_emailaddress", "authtoken_token", "socialaccount_socialaccount",
		"dj_rest_auth_mfa_authenticator", "passkeys_webauthncredential",
	} {
		if err := d.exec("DELETE FROM "+table+" WHERE user_id = ?", id); err != nil && !tableMissing(err) {
			return err
		}
	}
	err = d.exec("UPDATE token_blacklist_outstandingtoken SET user_id = NULL WHERE user_id = ?", id)
	if err != nil && !tableMissing(err) {
		return err
	}
	return d.exec("DELETE FROM auth_user WHERE id = ?", id)
}

func tableMissing(err error) bool {
	return strings.Contains(err.Error(), "no such table") || strings.Contains(err.Error(), "does not exist")
}

func (d *database) createToken(a directive, _ Variables) error {
	id, err := d.user(a.text("user"))
	if err != nil {
		return err
	}
	return d.exec("INSERT INTO authtoken_token (key, created, user_id) VALUES (?, ?, ?)", a.text("key"), d.stored(), id)
}

func (d *database) createSocialAccount(a directive, vars Variables) error {
	user, err := d.user(a.text("user"))
	if err != nil {
		return err
	}
	var id int64
	err = d.row(`INSERT INTO socialaccount_socialaccount
		(provider, uid, last_login, date_joined, extra_data, user_id) VALUES (?, ?, ?, ?, '{}', ?) RETURNING id`,
		a.text("provider"), a.text("uid"), d.stored(), d.stored(), user).Scan(&id)
	keep(a, vars, id)
	return err
}
