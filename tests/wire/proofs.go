package wire

import (
	"encoding/base64"
	"strings"
)

func (d *database) makeResetToken(a directive, vars Variables) error {
	plain := a.flag("plain", false)
	state, err := d.resetState(a.text("user"), plain)
	if err != nil {
		return err
	}
	uid := toBase(state.id, base36)
	if plain {
		uid = base64.RawURLEncoding.EncodeToString([]byte(decimal(state.id)))
	}
	vars[a.text("as")+"_uid"] = uid
	vars[a.text("as")+"_token"] = resetToken(state, d.secret, a.ago(d.now()), plain)
	return nil
}

func (d *database) resetState(name string, plain bool) (state resetState, err error) {
	row := d.row(`SELECT id, password, COALESCE(`+d.lastLogin()+`, ''), email
		FROM auth_user WHERE username = ?`, name)
	if err := row.Scan(&state.id, &state.passwordHash, &state.lastLogin, &state.email); err != nil || plain {
		return state, err
	}
	rows, err := d.db.Query(d.words("SELECT email FROM account_emailaddress WHERE user_id = ?"), state.id)
	if err != nil {
		return state, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var email string
		if err := rows.Scan(&email); err != nil {
			return state, err
		}
		state.addresses = append(state.addresses, email)
	}
	return state, rows.Err()
}

// lastLogin is SQL for the time as SQLite keeps it. The cast keeps the driver from
// reading text as a time of its own.
func (d *database) lastLogin() string {
	if d.postgres {
		return "to_char(last_login AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
	}
	return "CAST(last_login AS TEXT)"
}

func (d *database) makeEmailKey(a directive, vars Variables) error {
	var id int64
	email := strings.ToLower(a.text("email"))
	if err := d.row("SELECT id FROM account_emailaddress WHERE email = ?", email).Scan(&id); err != nil {
		return err
	}
	vars[a.text("as")] = emailKey(id, a.textOr("secret", d.secret), a.textOr("salt", "account"), a.ago(d.now()))
	return nil
}
