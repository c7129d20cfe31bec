package postgres

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// poolSize is few, so that transactions of one client get several connections.
const poolSize = 5

// Bouncer starts a PgBouncer in transaction mode, and returns the URL of the database
// through it. A test is skipped where none is installed.
func Bouncer(t testing.TB, url string) string {
	t.Helper()
	folder := startBouncer(t, running(t).folder)
	through := strings.NewReplacer("host="+shared.folder, "host="+folder, "port="+shared.port, "port=6432")
	return through.Replace(url) + "&default_query_exec_mode=exec"
}

func startBouncer(t testing.TB, server string) (folder string) {
	t.Helper()
	program, err := bouncerProgram()
	there(t, err)
	h, err := help()
	there(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(h.folder) })
	file := filepath.Join(h.folder, "pgbouncer.ini")
	settings := fmt.Sprintf("[databases]\n* = host=%s user=%s\n[pgbouncer]\nunix_socket_dir = %s\nlisten_port = 6432\nauth_type = any\n"+
		"pool_mode = transaction\ndefault_pool_size = %d\nmax_client_conn = 1000\n", server, superuser, h.folder, poolSize)
	if err := os.WriteFile(file, []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, program, file)
	command.Dir, command.SysProcAttr = h.folder, h.attributes
	var log strings.Builder
	command.Stdout, command.Stderr = &log, &log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = command.Wait() })
	socket := filepath.Join(h.folder, ".s.PGSQL.6432")
	for limit := time.Now().Add(startTimeout); ; time.Sleep(10 * time.Millisecond) {
		connection, err := net.Dial("unix", socket)
		if err == nil {
			_ = connection.Close()
			return h.folder
		}
		if time.Now().After(limit) {
			cancel()
			_ = command.Wait()
			t.Fatalf("PgBouncer does not answer: %s", &log)
		}
	}
}

func bouncerProgram() (string, error) {
	if path, err := exec.LookPath("pgbouncer"); err == nil {
		return path, nil
	}
	const debian = "/usr/sbin/pgbouncer" // not in everybody's PATH
	if _, err := os.Stat(debian); err != nil {
		return "", missingError("no PgBouncer: pgbouncer is neither in PATH nor in /usr/sbin")
	}
	return debian, nil
}
