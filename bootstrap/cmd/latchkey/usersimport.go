package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"latchkey/adapters/peoplefile"
	"latchkey/application/relocation"
)

type importUsers struct {
	File   string `arg:"" help:"CSV with a header row, or JSON Lines; - is standard input."`
	Format string `help:"csv or jsonl; by default what the file's name ends with." enum:"csv,jsonl," default:"" placeholder:"NAME"`
	DryRun bool   `help:"Check everything and write nothing."`
}

// Run imports the file.
func (i importUsers) Run(ctx context.Context, cli *commands) error {
	format, err := formatOf(i.Format, i.File)
	if err != nil {
		return err
	}
	file, size, err := i.open()
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	counted := &countedReader{file: file}
	source, err := peoplefile.NewSource(format, counted)
	if err != nil {
		return fmt.Errorf("%s: %w", i.File, err)
	}
	return cli.moved(ctx, func(moves relocation.UseCases) error {
		progress := newProgress(os.Stderr, size)
		imported, err := moves.Import(ctx, relocation.Import{
			Source: source, DryRun: i.DryRun,
			Refused:  func(line int, reason error) { progress.say(fmt.Sprintf("line %d: %v", line, reason)) },
			Progress: func(records int) { progress.at(records, counted.read.Load()) },
		})
		progress.end()
		return errors.Join(i.sum(imported), interrupted(ctx, err))
	})
}

func (i importUsers) open() (file io.ReadCloser, size int64, err error) {
	if i.File == "-" {
		return io.NopCloser(os.Stdin), 0, nil
	}
	opened, err := os.Open(i.File)
	if err != nil {
		return nil, 0, err
	}
	if info, err := opened.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	return opened, size, nil
}

// sum tells what came of it, and returns an error when something was refused.
func (i importUsers) sum(imported relocation.Imported) error {
	if i.DryRun {
		fmt.Printf("Nothing was written. To be added: %d, there already: %d, to be refused: %d.\n", imported.Added, imported.Known, imported.Refused)
	} else {
		fmt.Printf("Added: %d, there already: %d, refused: %d.\n", imported.Added, imported.Known, imported.Refused)
	}
	if imported.Refused > 0 {
		return fmt.Errorf("%d of %d records cannot be imported", imported.Refused, imported.Added+imported.Known+imported.Refused)
	}
	return nil
}

func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.New("interrupted; the same command brings the rest")
	}
	return err
}

// countedReader knows how much of a file has been read.
type countedReader struct {
	file io.Reader
	read atomic.Int64
}

// Read reads from the file.
func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	c.read.Add(int64(n))
	return n, err
}
