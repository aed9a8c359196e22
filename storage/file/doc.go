// Package file keeps a bucket of gocloud.dev/blob in a folder, one file an
// object, in which every key has a safe name of its own.
//
//	pictures, err := file.Open("/var/lib/pictures", &file.Options{Create: true})
//	if err != nil {
//		return err
//	}
//	defer pictures.Close()
//	originals := storage.NewOriginals(pictures, nil)
//
// The bucket is safe for concurrent use, and several processes may have one folder
// open.
//
// It is used instead of gocloud.dev/blob/fileblob, whose names follow the key
// closely enough to fail on some: segments over 255 bytes, "a" beside "a/b",
// "x.attrs", names that differ only in case, device names of Windows.
//
// # Names
//
// Ordinary keys are their own names: the object gallery/hero.jpg is the file
// gallery/hero.jpg, and a picture copied into the folder by hand is an object.
// The rest follows from a few rules for each segment of the key.
//
//   - A file's name holds a dot, and a folder's name does not; where the
//     segment would break that, its name ends in %. So the object "a" is the
//     file a%, and leaves a to be the folder of "a/b"; the object "v1.2/x.jpg"
//     is the file v1.2%/x.jpg.
//   - A byte that some system cannot have in a name is written as % and two
//     lowercase hexadecimal digits: % itself, control characters, \ < > : " | ?
//     and *, a leading dot, a trailing dot or space, invalid UTF-8, and the
//     first letter of a device name such as nul.txt.
//   - A segment whose name is longer than 200 bytes is cut: its first part is a
//     folder whose name ends in %+ and holds the rest.
//   - An empty segment, which other users of a bucket may want, is %-.
//   - Where the system does not tell names apart that differ in case or in
//     Unicode form (macOS, Windows, some mounts), names are folded: a capital
//     letter is ^ and the small one, and ~ and what is not ASCII is written in
//     hexadecimal. Whether names are folded is settled when the folder is first
//     opened, and noted in its file .layout, so that a folder stays readable
//     when it moves to a system that tells them apart; the other way it is
//     refused.
//
// The mapping is one to one in both directions: a file whose name the rules do
// not yield is no object, is not listed and is left alone. Names that begin
// with a dot are the package's own. All access goes through [os.Root], so that
// no name and no symbolic link leads out of the folder.
//
// # Writing
//
// An object is written to a file in .tmp, synced to disk, and then renamed (or,
// where it must not exist yet, linked, which is atomic among processes too), so
// that readers see all of it or nothing, also after a crash. Files that a crash
// left in .tmp are removed when the folder is next opened, once they are a day
// old. (A crash may also leave an .attrs file that belongs to nothing, and does
// no harm.) Attributes other than size and time are in a file beside it,
// .hero.jpg.{stamp}.attrs, where stamp is the object's time of modification: so
// they are replaced in the same instant, and an object that was edited by hand
// loses them. ETags are made of that time, which no two objects written by one
// bucket share, and of the size.
package file
