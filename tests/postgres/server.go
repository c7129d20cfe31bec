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
	"syscall"
	"time"
)

// superuser owns the server's databases. Whoever reaches the socket is let in:
// it lies in a folder that is closed to others.
const superuser = "latchkey"

type server struct {
	folder string // has the data and the socket
	admin  *sql.DB
	// life is open as long as this process lives: the server ends when it closes.
	life *os.File
}

// supervise starts the server and ends it when its own input ends, which it does
// with the process that started it, in whatever way that ends.
const supervise = `"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off \
	-c synchronous_commit=off -c max_connections=400 -c shared_buffers=64MB -c deadlock_timeout=100ms -c jit=off </dev/null &
read -r _
kill -QUIT $!
wait
rm -rf "$2"`

// start makes a server. It does not run as root: a helper user of the system owns it then.
func start() (*server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	attributes, owner, err := unprivileged()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(memory(), "latchkey-pg-")
	if err != nil {
		return nil, err
	}
	if owner != nil {
		if err := os.Chown(folder, int(owner.Uid), int(owner.Gid)); err != nil {
			return nil, err
		}
	}
	if err := initialize(bin, folder, attributes); err != nil {
		return nil, err
	}
	s := &server{folder: folder}
	if err := s.supervised(bin, attributes); err != nil {
		return nil, err
	}
	return s, s.connect()
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

func initialize(bin, folder string, attributes *syscall.SysProcAttr) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "--pgdata", filepath.Join(folder, "data"),
		"--username", superuser, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = folder, attributes
	if output, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, output)
	}
	return nil
}

// supervised starts the server. Its output goes to a file: on ours the go command
// would wait for it to end.
func (s *server) supervised(bin string, attributes *syscall.SysProcAttr) error {
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
	shell := exec.CommandContext(context.Background(), "sh", "-c", supervise, "sh", bin, s.folder)
	shell.Dir, shell.SysProcAttr = s.folder, attributes
	shell.Stdin, shell.Stdout, shell.Stderr = input, log, log
	return shell.Start()
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
		return filepath.Dir(path), nil
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
