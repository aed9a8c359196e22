//go:build unix

package docstest

import (
	"os/exec"
	"syscall"
)

// ownGroup puts a command into a group of its own: go run and what it runs are
// two processes.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
