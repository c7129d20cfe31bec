package postgres

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Server is a server of the test's own, which it may stop.
type Server struct {
	// Folder has the server's socket.
	Folder string
	own    *server
}

// Start starts a server with further settings, "name=value". files are put beside its
// data folder, where only the server can read them: for its settings "../name".
func Start(t testing.TB, files map[string][]byte, settings ...string) *Server {
	t.Helper()
	return begin(t, func(h helper) error {
		for name, content := range files {
			path := filepath.Join(h.folder, name)
			if err := os.WriteFile(path, content, 0o600); err != nil {
				return err
			}
			if err := h.give(path); err != nil {
				return err
			}
		}
		return initialize(h)
	}, settings)
}

// Standby starts a server that follows s and takes over with SELECT pg_promote().
func (s *Server) Standby(t testing.TB, settings ...string) *Server {
	t.Helper()
	return begin(t, func(h helper) error {
		return h.run("pg_basebackup", "--host", s.Folder, "--username", superuser,
			"--pgdata", filepath.Join(h.folder, "data"), "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
	}, settings)
}

func begin(t testing.TB, prepare func(h helper) error, settings []string) *Server {
	t.Helper()
	own, err := start(prepare, settings...)
	there(t, err)
	s := &Server{Folder: own.folder, own: own}
	t.Cleanup(s.Kill)
	return s
}

// Kill ends the server as a crash does, and waits until it is gone.
func (s *Server) Kill() {
	_ = s.own.admin.Close()
	_ = s.own.life.Close()
	<-s.own.ended
}

// Crash ends the server as a crash does and starts it anew on what it left, and waits until
// it takes connections.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	const started = `SELECT pg_postmaster_start_time()::text`
	before := s.Column(t, started)[0]
	if _, err := s.own.life.WriteString("\n"); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(startTimeout); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var now string
		if err := s.own.admin.QueryRowContext(t.Context(), started).Scan(&now); err == nil && now != before {
			return
		}
	}
	t.Fatal("the server does not come back after its crash")
}

// Execute runs the statement as the server's superuser.
func (s *Server) Execute(t testing.TB, statement string) {
	t.Helper()
	if err := s.own.execute(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// Column returns the first column of what the query finds.
func (s *Server) Column(t testing.TB, query string) (values []string) {
	t.Helper()
	rows, err := s.own.admin.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		values = append(values, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return values
}
