package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// superuser owns the server's databases. Whoever reaches the socket is let in:
// it lies in a folder that is closed to others.
const superuser = "latchkey"

type server struct {
	folder string // has the data and the socket
	port   string // of the socket's name
	admin  *sql.DB
	// life is open as long as this process lives: the server ends when it closes.
	life *os.File
	// ended is closed when the server has ended and its folder is gone.
	ended chan struct{}
}

// supervise starts the server, starts it anew after a crash for each line of its input, and
// ends it when its input ends, which it does with the process that started it, in
// whatever way that ends.
const supervise = `bin=$1 folder=$2
shift 2
serve() {
	"$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off -c full_page_writes=off \
		-c max_connections=400 -c shared_buffers=64MB -c deadlock_timeout=100ms -c jit=off "$@" </dev/null &
}
serve "$@"
while read -r _; do
	kill -QUIT $!
	wait
	serve "$@"
done
kill -QUIT $!
wait
rm -rf "$folder"`

// start makes a server whose data prepare puts into its folder.
func start(prepare func(h helper) error, settings ...string) (*server, error) {
	h, err := help()
	if err != nil {
		return nil, err
	}
	if err := prepare(h); err != nil {
		return nil, errors.Join(err, os.RemoveAll(h.folder))
	}
	s := &server{folder: h.folder, port: "5432", ended: make(chan struct{})}
	if err := s.supervised(h, settings); err != nil {
		return nil, err
	}
	return s, s.connect()
}

// helper is who runs the server's programs, which refuse to run as root: a helper
// user of the system does it then, in a folder of its own.
type helper struct {
	bin, folder string
	attributes  *syscall.SysProcAttr
	owner       *syscall.Credential
}

func help() (h helper, err error) {
	if h.bin, err = programs(); err != nil {
		return h, err
	}
	if h.attributes, h.owner, err = unprivileged(); err != nil {
		return h, err
	}
	if h.folder, err = os.MkdirTemp(memory(), "latchkey-pg-"); err != nil {
		return h, err
	}
	return h, h.give(h.folder)
}

// give makes the file the helper's own.
func (h helper) give(file string) error {
	if h.owner == nil {
		return nil
	}
	return os.Chown(file, int(h.owner.Uid), int(h.owner.Gid))
}

// run runs one of the server's programs to its end.
func (h helper) run(program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(h.bin, program), args...)
	command.Dir, command.SysProcAttr = h.folder, h.attributes
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, output)
	}
	return nil
}

// memory returns a folder of files in memory, where a copy of a database was measured
// to take a third of the time; empty, for the usual folder, where there is little of it.
func memory() string {
	const folder, enough = "/dev/shm", 4 << 30
	var room syscall.Statfs_t
	if err := syscall.Statfs(folder, &room); err != nil || room.Bavail*uint64(room.Bsize) < enough {
		return ""
	}
	return folder
}

func initialize(h helper) error {
	return h.run("initdb", "--pgdata", filepath.Join(h.folder, "data"),
		"--username", superuser, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
}

// supervised starts the server. Its output goes to a file: on ours the go command
// would wait for it to end.
func (s *server) supervised(h helper, settings []string) error {
	input, life, err := os.Pipe()
	if err != nil {
		return err
	}
	defer func() { _ = input.Close() }()
	log, err := os.Create(filepath.Join(s.folder, "log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	s.life = life
	args := []string{"-c", supervise, "sh", h.bin, s.folder}
	for _, setting := range settings {
		if port, is := strings.CutPrefix(setting, "port="); is {
			s.port = port
		}
		args = append(args, "-c", setting)
	}
	shell := exec.CommandContext(context.Background(), "sh", args...)
	shell.Dir, shell.SysProcAttr = s.folder, h.attributes
	shell.Stdin, shell.Stdout, shell.Stderr = input, log, log
	if err := shell.Start(); err != nil {
		return err
	}
	go func() {
		_ = shell.Wait()
		close(s.ended)
	}()
	return nil
}

const startTimeout = time.Minute

// connect waits until the server takes connections.
func (s *server) connect() (err error) {
	if s.admin, err = open(s.url("postgres")); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		if err = s.admin.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(s.folder, "log"))
			return errors.Join(err, errors.New(string(log)))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// programs returns the folder of the server's programs.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		path, err = filepath.EvalSymlinks(path) // the others may not lie beside the link
		return filepath.Dir(path), err
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // Debian keeps them out of the way
	if err != nil || len(found) == 0 {
		return "", missingError("no PostgreSQL server: initdb is neither in PATH nor in /usr/lib/postgresql")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// unprivileged returns how to start a program that refuses to run as root.
func unprivileged() (*syscall.SysProcAttr, *syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}, nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return nil, nil, err
		}
		owner := &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return &syscall.SysProcAttr{Credential: owner}, owner, nil
	}
	return nil, nil, missingError("PostgreSQL does not run as root, and there is no user postgres or nobody")
}
