package codecs_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/image/tiff"

	"github.com/immagin/immagin-go/immagin/edit"
)

// A reader opens a file by other means than ours.
type reader struct {
	name string
	// tools are the programs that it runs.
	tools []string
	// read returns the first picture and how many there are.
	read func(file string) (image.Image, int, error)
}

// readers are the independent readers of each output format.
var readers = map[edit.Format]reader{
	edit.FormatWebP: {"dwebp, webpmux", []string{"dwebp", "webpmux"}, readWebP},
	edit.FormatJPEG: {"djpeg", []string{"djpeg"}, func(file string) (image.Image, int, error) {
		out, err := runTool("djpeg", "-pnm", file)
		if err != nil {
			return nil, 0, err
		}
		m, err := readPNM(out)
		return m, 1, err
	}},
	edit.FormatPNG:  {"image/png, pngcheck", []string{"pngcheck"}, readPNG},
	edit.FormatAVIF: {"avifdec", []string{"avifdec"}, byPNG("avifdec")},
	edit.FormatGIF:  {"image/gif, gifsicle", []string{"gifsicle"}, readGIF},
	edit.FormatJP2:  {"opj_decompress", []string{"opj_decompress"}, byPNG("opj_decompress", "-i", "", "-o")},
	edit.FormatTIFF: {"tiffinfo, tiff2rgba", []string{"tiffinfo", "tiff2rgba"}, readTIFF},
	edit.FormatHEIF: {"heif-convert", []string{"heif-convert"}, byPNG("heif-convert")},
}

// missing names a tool of r that is not installed.
func (r reader) missing() string {
	for _, tool := range r.tools {
		if _, err := exec.LookPath(tool); err != nil {
			return tool
		}
	}
	return ""
}

func runTool(name string, args ...string) ([]byte, error) {
	var out, said bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %.300s", name, err, said.String()+out.String())
	}
	return out.Bytes(), nil
}

// byPNG runs a program that makes a PNG of a file. An empty argument stands
// for the file, which else comes before the last, which is the PNG.
func byPNG(name string, args ...string) func(string) (image.Image, int, error) {
	return func(file string) (image.Image, int, error) {
		var filled []string
		for _, arg := range args {
			if arg == "" {
				arg = file
			}
			filled = append(filled, arg)
		}
		if len(args) == 0 {
			filled = append(filled, file)
		}
		if _, err := runTool(name, append(filled, file+".png")...); err != nil {
			return nil, 0, err
		}
		m, err := openPNG(file + ".png")
		return m, 1, err
	}
}

func openPNG(file string) (image.Image, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return png.Decode(f)
}

// count finds the only group of pattern in what a program says.
func count(pattern string, said []byte) (int, error) {
	found := regexp.MustCompile(pattern).FindSubmatch(said)
	if found == nil {
		return 0, fmt.Errorf("no %s in %q", pattern, said)
	}
	return strconv.Atoi(string(found[1]))
}

func readWebP(file string) (image.Image, int, error) {
	said, err := runTool("webpmux", "-info", file)
	if err != nil {
		return nil, 0, err
	}
	frames := 1
	if strings.Contains(string(said), "animation") {
		if frames, err = count(`Number of frames: (\d+)`, said); err != nil {
			return nil, 0, err
		}
		// The first frame is the canvas.
		if _, err := runTool("webpmux", "-get", "frame", "1", file, "-o", file+".first.webp"); err != nil {
			return nil, 0, err
		}
		file += ".first.webp"
	}
	m, _, err := byPNG("dwebp", "", "-o")(file)
	return m, frames, err
}

func readPNG(file string) (image.Image, int, error) {
	if _, err := runTool("pngcheck", "-q", file); err != nil {
		return nil, 0, err
	}
	m, err := openPNG(file)
	return m, 1, err
}

func readGIF(file string) (image.Image, int, error) {
	said, err := runTool("gifsicle", "--info", file)
	if err != nil {
		return nil, 0, err
	}
	frames, err := count(`(\d+) images?`, said)
	if err != nil {
		return nil, 0, err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, 0, err
	}
	all, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil {
		return nil, 0, err
	}
	if len(all.Image) != frames {
		return nil, 0, fmt.Errorf("gifsicle sees %d frames, image/gif %d", frames, len(all.Image))
	}
	return all.Image[0], frames, nil
}

func readTIFF(file string) (image.Image, int, error) {
	said, err := runTool("tiffinfo", file)
	if err != nil {
		return nil, 0, err
	}
	// libtiff writes it again without compression.
	if _, err := runTool("tiff2rgba", "-c", "none", file, file+".tif"); err != nil {
		return nil, 0, err
	}
	f, err := os.Open(file + ".tif")
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	m, err := tiff.Decode(f)
	return m, strings.Count(string(said), "TIFF Directory"), err
}

// readPNM reads a gray or a colour picture of djpeg's.
func readPNM(data []byte) (image.Image, error) {
	r := bytes.NewReader(data)
	var kind string
	var w, h, most int
	if _, err := fmt.Fscanf(r, "%s\n%d %d\n%d\n", &kind, &w, &h, &most); err != nil {
		return nil, err
	}
	samples, err := io.ReadAll(r)
	planes := map[string]int{"P5": 1, "P6": 3}[kind]
	if err != nil || most != 255 || planes == 0 || len(samples) != w*h*planes {
		return nil, errors.New("PNM that is not as expected")
	}
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		px := samples[i*planes:]
		m.SetNRGBA(i%w, i/w, color.NRGBA{px[0], px[(planes-1)/2], px[planes-1], 255})
	}
	return m, nil
}

// toPNG has sharp make a PNG of each file that it reads, in one process, and
// say how many pages it sees.
const toPNG = `
const sharp = require("sharp");
(async () => {
	for (const file of process.argv.slice(1)) {
		try {
			const {pages} = await sharp(file).metadata();
			await sharp(file).toColourspace("srgb").png({compressionLevel: 1}).toFile(file + ".sharp.png");
			console.log(pages || 1);
		} catch (err) {
			console.log("no: " + err.message.split("\n")[0]);
		}
	}
})();
`

// sharp opens many files, and returns what it says of each.
func sharp(files []string) ([]string, error) {
	out, err := runTool("node", append([]string{"-e", toPNG}, files...)...)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(files) {
		return nil, fmt.Errorf("sharp says %d lines of %d files", len(lines), len(files))
	}
	return lines, nil
}
