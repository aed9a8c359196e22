package servertest

import (
	"os"
	"os/exec"
	"os/user"
)

// ordinaryUser returns the first of these users that there is, other than
// root; nil if there is none.
func ordinaryUser(names ...string) *user.User {
	for _, name := range names {
		if u, err := user.Lookup(name); err == nil && u.Uid != "0" {
			return u
		}
	}
	return nil
}

// as is how root runs a command as a user: by setpriv, of util-linux.
func as(u *user.User, command ...string) []string {
	return append([]string{"setpriv", "--reuid", u.Uid, "--regid", u.Gid, "--clear-groups", "--"}, command...)
}

// ordinary has a server run as an ordinary user where we are root.
func ordinary(cmd *exec.Cmd) {
	if os.Geteuid() != 0 {
		return
	}
	setpriv, err := exec.LookPath("setpriv")
	u := ordinaryUser("redis", "nobody")
	if err != nil || u == nil {
		return
	}
	cmd.Args = append(as(u, cmd.Path), cmd.Args[1:]...)
	cmd.Path = setpriv
}
