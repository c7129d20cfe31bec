package integration

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// faultDisk is a small disk of its own, which takes the right to mount one.
func faultDisk(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("no right to mount a small disk, and only a full one shows what happens then: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	return folder
}

// faultsOfSQLite break the service's file, and return what mends it.
var faultsOfSQLite = map[string]func(t *testing.T, data string) (mend func()){
	"its disk is full": func(t *testing.T, data string) func() {
		filler := filepath.Join(data, "filler")
		file, err := os.Create(filler)
		require.NoError(t, err)
		_, err = io.Copy(file, zeros{})
		require.ErrorIs(t, err, syscall.ENOSPC)
		require.NoError(t, file.Close())
		return func() { require.NoError(t, os.Remove(filler)) }
	},
	"another program writes and does not end": func(t *testing.T, data string) func() {
		db := processDatabase(t, data)
		conn, err := db.Conn(context.Background())
		require.NoError(t, err)
		_, err = conn.ExecContext(t.Context(), `BEGIN IMMEDIATE`)
		require.NoError(t, err)
		return func() {
			_, err := conn.ExecContext(t.Context(), `ROLLBACK`)
			require.NoError(t, err)
			require.NoError(t, conn.Close())
		}
	},
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestAnOutageOfSQLiteIsToldAndEndsByItself(t *testing.T) {
	for name, hit := range faultsOfSQLite {
		t.Run(name, func(t *testing.T) {
			data := faultDisk(t)
			p := processStart(t, data, faultSettings...)
			ada := processPerson{name: "ada", current: "correct-horse-9"}
			status, answer := p.register(ada.name, ada.current)
			require.Equal(t, http.StatusCreated, status, answer)
			token := processKey(answer)
			p.requireReady(t)

			mend := hit(t, data)
			for what, answers := range p.all(faultWrites(&ada, token), 4) {
				for _, answer := range answers {
					requireDown(t, what, answer, faultUnknown)
				}
			}
			for _, answer := range p.all(faultReads(token), 12)["user"] {
				require.Equal(t, http.StatusOK, answer.status, answer.body)
			}
			p.requireAlive(t)
			p.requireUnready(t, "database")

			mend()
			p.requireReady(t)
			p.requireInEffect(t, ada)
			status, answer = p.register("bob", "correct-horse-9")
			require.Equal(t, http.StatusCreated, status, answer)
			p.requireQuietLog(t)
			db := processDatabase(t, data)
			requireWhole(t, db)
			require.Equal(t, []string{"ada", "bob"}, processTexts(t, db, `SELECT username FROM auth_user ORDER BY username`))
		})
	}
}
