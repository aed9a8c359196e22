package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"time"
)

// An order is one line to a process, an answer the line that comes back.
type order struct {
	// Tasks run in turn, over and over, until Count are done; Workers at a
	// time.
	Tasks   []task `json:"tasks,omitempty"`
	Count   int    `json:"count,omitempty"`
	Workers int    `json:"workers,omitempty"`
	// Save is a file for the last picture.
	Save string `json:"save,omitempty"`
	// Fresh says that the files may have changed since they were last read;
	// only sharp's process is told so, which decodes what others wrote.
	Fresh bool `json:"fresh,omitempty"`
	// Raw says that the files are pixels and nothing else, which are encoded
	// as they are. Our side looks at Encode then, and not at requests.
	Raw    *raw     `json:"raw,omitempty"`
	Encode encoding `json:"encode,omitzero"`
	// Compare names two pictures to hold against each other; sharp's process
	// does that for both.
	Compare []string `json:"compare,omitempty"`
}

// A task is a job and the file that it reads, which stays in memory.
type task struct {
	job
	File string `json:"file"`
}

// A raw picture is packed samples, row by row: RGB or RGBA.
type raw struct {
	Width   int `json:"width"`
	Height  int `json:"height"`
	Samples int `json:"channels"`
}

// An encoding is what our WebP encoder is told.
type encoding struct {
	Quality  int  `json:"quality"`
	Effort   int  `json:"effort"`
	Lossless bool `json:"lossless"`
	// Workers is how many cores it may use.
	Workers int `json:"workers"`
}

type answer struct {
	// Wall and CPU are those of the tasks; CPU is of all threads.
	Wall time.Duration `json:"wall"`
	CPU  time.Duration `json:"cpu"`
	// Peak is the most memory that the process ever held, in bytes; 0 where
	// the system does not tell.
	Peak int64 `json:"peak"`
	// Bytes of the last picture.
	Bytes int `json:"bytes"`
	// Sizes of two compared pictures, and their mean squared error, which only
	// pictures of one size have.
	Sizes [][2]int `json:"sizes"`
	MSE   float64  `json:"mse"`
	// Version of what runs there.
	Version string `json:"version"`
	// Missing says that the output format is not built.
	Missing bool   `json:"missing"`
	Error   string `json:"error"`
}

// A side is one of the two.
type side interface {
	do(order) (answer, error)
	close() error
}

// A program starts processes of one side.
type program interface {
	// start returns a process that is to run so many jobs at a time.
	start(ctx context.Context, workers int) (side, error)
}

// A command is a program that speaks the protocol on its standard input and
// output.
type command struct {
	path string
	args []string
	env  func(workers int) []string
}

func (c command) with(args ...string) command {
	c.args = append(slices.Clone(c.args), args...)
	return c
}

func (c command) start(ctx context.Context, workers int) (side, error) {
	cmd := exec.CommandContext(ctx, c.path, c.args...)
	cmd.Env = append(os.Environ(), c.env(workers)...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &process{cmd: cmd, in: in, to: json.NewEncoder(in), from: json.NewDecoder(out)}, nil
}

// A process is a side that runs elsewhere.
type process struct {
	cmd  *exec.Cmd
	in   io.Closer
	to   *json.Encoder
	from *json.Decoder
}

var errMissing = errors.New("not built yet")

func (p *process) do(o order) (answer, error) {
	if err := p.to.Encode(o); err != nil {
		return answer{}, fmt.Errorf("%s has gone: %w", p.cmd.Path, err)
	}
	var a answer
	if err := p.from.Decode(&a); err != nil {
		return answer{}, fmt.Errorf("%s answers no more: %w", p.cmd.Path, err)
	}
	if a.Missing {
		return answer{}, errMissing
	}
	if a.Error != "" {
		return answer{}, errors.New(a.Error)
	}
	return a, nil
}

func (p *process) close() error {
	return errors.Join(p.in.Close(), p.cmd.Wait())
}
