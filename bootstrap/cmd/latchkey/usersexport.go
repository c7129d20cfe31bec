package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"latchkey/adapters/peoplefile"
	"latchkey/application/relocation"
)

type exportUsers struct {
	Output        string `help:"The file to make, for its owner's eyes only; it must not exist. Standard output by default." placeholder:"FILE"`
	Format        string `help:"csv or jsonl; by default what the file's name ends with, else csv." enum:"csv,jsonl," default:"" placeholder:"NAME"`
	WithPasswords bool   `help:"Write the password hashes, too. Guard the file like the database."`
}

// Run exports everybody.
func (e exportUsers) Run(ctx context.Context, cli *commands) error {
	format, err := e.format()
	if err != nil {
		return err
	}
	return cli.moved(ctx, func(moves relocation.UseCases) error {
		if e.Output == "" {
			_, err := e.write(ctx, moves, format, os.Stdout)
			return interrupted(ctx, err)
		}
		return e.toFile(ctx, moves, format)
	})
}

func (e exportUsers) format() (peoplefile.Format, error) {
	if e.Format == "" && e.Output == "" {
		return peoplefile.CSV, nil
	}
	return formatOf(e.Format, e.Output)
}

// toFile makes a file that nobody else can read. A part of it is not left behind: it
// would be taken for the whole.
func (e exportUsers) toFile(ctx context.Context, moves relocation.UseCases, format peoplefile.Format) error {
	file, err := os.OpenFile(e.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	exported, err := e.write(ctx, moves, format, file)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(e.Output))
	}
	fmt.Printf("Exported: %d.\n", exported)
	return nil
}

func (e exportUsers) write(ctx context.Context, moves relocation.UseCases, format peoplefile.Format, file *os.File) (int, error) {
	sink, err := peoplefile.NewSink(format, file, e.WithPasswords)
	if err != nil {
		return 0, err
	}
	progress := newProgress(os.Stderr, 0)
	defer progress.end()
	return moves.Export(ctx, sink, func(people int) { progress.at(people, 0) })
}
