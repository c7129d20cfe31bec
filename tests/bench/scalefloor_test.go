package bench

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// bare finds the owner of a token without this program: a prepared statement, and the
// driver. What the database needs longer among more accounts shows here, too, and no
// program on that driver can have less of it.
const bare = `SELECT u.id, u.password, u.last_login, u.is_superuser, u.username, u.last_name, u.email, u.is_staff,
	u.is_active, u.date_joined, u.first_name FROM auth_user AS u WHERE u.id = (SELECT user_id FROM authtoken_token WHERE key `

func prepared(t *testing.T, driver, source, condition string) *sql.Stmt {
	t.Helper()
	raw, err := sql.Open(driver, source)
	require.NoError(t, err)
	t.Cleanup(func() { _ = raw.Close() })
	statement, err := raw.PrepareContext(t.Context(), bare+condition+")")
	require.NoError(t, err)
	return statement
}

// mirrored takes the accounts from the other end, so that what the floor reads
// was not read for us just before.
func mirrored(f *filled, n int64) int64 { return int64(f.accounts) + 1 - n }

func tokenFloor(ctx context.Context, f *filled, n int64) error {
	n = mirrored(f, n)
	var id int64
	var rest [10]any
	into := []any{&id}
	for i := range rest {
		into = append(into, &rest[i])
	}
	if err := f.bare.QueryRowContext(ctx, key(n)).Scan(into...); err != nil {
		return err
	}
	return right(id, n)
}

// served is the whole service on the database, behind a port.
func served(t *testing.T, database string) *kit.Service {
	t.Helper()
	return kit.App(t, kit.WithDatabase(database), kit.Settings(map[string]string{"LOG_LEVEL": "error"}))
}

// request is what a front end does most: it asks who is signed in, by the token.
func request(ctx context.Context, f *filled, n int64) error {
	return ask(ctx, f, "Token "+key(n), http.StatusOK)
}

// requestFloor is the same request without a token: HTTP, and no look-up.
func requestFloor(ctx context.Context, f *filled, _ int64) error {
	return ask(ctx, f, "", http.StatusUnauthorized)
}

func ask(ctx context.Context, f *filled, authorization string, want int) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.service.URL+"/dj-rest-auth/user/", nil)
	if err != nil {
		return err
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	answer, err := f.service.Client.Do(request)
	if err != nil {
		return err
	}
	// Read to its end, so that the connection is used again.
	_, err = io.Copy(io.Discard, answer.Body)
	return errors.Join(err, answer.Body.Close(), right(int64(answer.StatusCode), int64(want)))
}
