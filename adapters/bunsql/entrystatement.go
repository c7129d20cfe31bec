package bunsql

import (
	"context"
	"fmt"
	"strings"

	"latchkey/application/ports"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

const (
	// Parts see the rows as they were before the statement, but for what RETURNING hands on. A
	// token that another sign-in issued meanwhile is in nobody's sight, and the conflict tells.
	enterIssued = `, had AS (SELECT key, created FROM authtoken_token WHERE user_id = $1),
		issued AS (INSERT INTO authtoken_token (key, created, user_id)
			SELECT %s, %s, id FROM entered WHERE NOT EXISTS (SELECT 1 FROM had)
			ON CONFLICT (user_id) DO UPDATE SET user_id = excluded.user_id RETURNING key, created)`
	enterBegun = `, begun AS (INSERT INTO django_session (session_key, session_data, expire_date)
			SELECT %s, %s, %s FROM entered ON CONFLICT (session_key) DO UPDATE
			SET session_data = excluded.session_data, expire_date = excluded.expire_date)`
	enteredIssued = ` SELECT t.key, t.created FROM entered,
		(SELECT key, created FROM had UNION ALL SELECT key, created FROM issued) AS t`
	enteredAlone = ` SELECT '', NULL FROM entered`
)

// entryStatement is the text and the arguments of the statement that stores an entry.
type entryStatement struct {
	text strings.Builder
	args []any
}

// add adds a part with more arguments.
func (s *entryStatement) add(part string, args ...any) {
	numbers := make([]any, len(args))
	for i, arg := range args {
		s.args = append(s.args, arg)
		numbers[i] = fmt.Sprintf("$%d", len(s.args))
	}
	fmt.Fprintf(&s.text, part, numbers...)
}

// atOnce makes one statement of all parts.
func (e *entries) atOnce(ctx context.Context, entry ports.Entry) (token sessions.APIToken, err error) {
	statement, err := e.statement(entry)
	if err != nil {
		return token, err
	}
	var row tokenRow
	err = e.db.inStatement(ctx, func(ctx context.Context) error {
		return e.db.writtenRow(ctx, statement.text.String(), statement.args, &row.Key, &row.Created)
	})
	if err != nil {
		return token, e.refused(err)
	}
	if entry.Token.Key.Empty() {
		return token, nil
	}
	return sessions.APIToken{Key: secret.New(row.Key), Account: entry.Account.ID(), Created: row.Created.Time}, nil
}

func (e *entries) statement(entry ports.Entry) (*entryStatement, error) {
	confirmation, args := e.confirmation(entry)
	s := &entryStatement{args: args}
	s.text.WriteString("WITH entered AS (" + confirmation + ")")
	if session := entry.Session; session != nil {
		sealed, err := e.sessions.seals.Seal(session, entry.At)
		if err != nil {
			return nil, fmt.Errorf("bunsql: seal session: %w", err)
		}
		s.add(enterBegun, session.Key.Reveal(), sealed, djangoTime{session.Expires})
	}
	if entry.Token.Key.Empty() {
		s.add(enteredAlone)
		return s, nil
	}
	s.add(enterIssued, entry.Token.Key.Reveal(), djangoTime{entry.Token.Created})
	s.add(enteredIssued)
	return s, nil
}
