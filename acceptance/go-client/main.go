// Walks through every operation of the protocol with a client made of Go's standard library and
// prints a line for each fact. Usage: go-client ADDRESS; ends with 1 if a fact does not hold.
package main

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"
)

var wrong int

func fact(text string, holds bool, seen ...any) {
	if holds {
		fmt.Println("holds:", text)
		return
	}
	wrong++
	fmt.Println("WRONG:", text, seen)
}

func told(err error, kind, text string) bool {
	f, is := err.(failure)
	return is && f.Type == kind && f.Message == text
}

func shell(script string) object {
	return object{"path": "sh", "args": []string{"-c", script}, "rlimits": object{}, "image": object{}}
}

// Hides its length, so that the body is sent in chunks.
type unsized struct{ io.Reader }

func archive(name string, size int) *bytes.Buffer {
	all := &bytes.Buffer{}
	to := tar.NewWriter(all)
	to.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(size), Typeflag: tar.TypeReg})
	to.Write(bytes.Repeat([]byte("x"), size))
	to.Close()
	return all
}

const h = "/containers/go-1"

func main() {
	s := connect(os.Args[1])
	cell(s)
	container(s)
	properties(s)
	network(s)
	files(s)
	processes(s)
	signals(s)
	fact("stop", s.call("PUT", h+"/stop", nil, object{"kill": true}, nil) == nil)
	fact("destroy", s.call("DELETE", h, nil, nil, nil) == nil)
	err := s.call("DELETE", h, nil, nil, nil)
	fact("destroy of nothing", told(err, "ContainerNotFoundError", "unknown handle: go-1"), err)
	if wrong > 0 {
		os.Exit(1)
	}
}

func cell(s *server) {
	fact("ping", s.call("GET", "/ping", nil, nil, nil) == nil)
	var capacity struct {
		Memory uint64 `json:"memory_in_bytes"`
	}
	err := s.call("GET", "/capacity", nil, nil, &capacity)
	fact("capacity", err == nil && capacity.Memory > 0, err)
}

func container(s *server) {
	odd := "<&>\u2028é"
	spec := object{"handle": "go-1", "image": object{}, "properties": object{"odd": odd},
		"limits": object{"bandwidth_limits": object{}, "cpu_limits": object{}, "disk_limits": object{},
			"memory_limits": object{"limit_in_bytes": uint64(1 << 28)}, "pid_limits": object{}}}
	var made struct{ Handle string }
	err := s.call("POST", "/containers", nil, spec, &made)
	fact("create", err == nil && made.Handle == "go-1", err)
	err = s.call("POST", "/containers", nil, spec, nil)
	fact("create of what is there", told(err, "", "Handle 'go-1' already in use"), err)

	var list *struct{ Handles []string }
	err = s.call("GET", "/containers", url.Values{"odd": {odd}}, nil, &list)
	fact("list", err == nil && list != nil && len(list.Handles) == 1, err)
	list = nil
	err = s.call("GET", "/containers", url.Values{"odd": {"even"}}, nil, &list)
	fact("list of none", err == nil && list != nil && list.Handles != nil && len(list.Handles) == 0, err)

	var info struct {
		State, ContainerIP string
		Properties         map[string]string
	}
	err = s.call("GET", h+"/info", nil, nil, &info)
	fact("info", err == nil && info.State == "active" && info.Properties["odd"] == odd, err, info)
	infos := map[string]struct{ Err *failure }{}
	err = s.call("GET", "/containers/bulk_info", url.Values{"handles": {"go-1,none"}}, nil, &infos)
	fact("bulk info", err == nil && infos["go-1"].Err == nil && infos["none"].Err != nil, err)
	for _, handles := range []string{"go-1", ""} {
		figures := map[string]struct{ Metrics struct{ Age time.Duration } }{}
		err = s.call("GET", "/containers/bulk_metrics", url.Values{"handles": {handles}}, nil, &figures)
		fact("bulk metrics of '"+handles+"'", err == nil && (handles == "" || figures[handles].Metrics.Age > 0), err)
	}
	var figures struct{ Age time.Duration }
	err = s.call("GET", h+"/metrics", nil, nil, &figures)
	fact("metrics", err == nil && figures.Age > 0, err)
	var memory struct {
		Limit uint64 `json:"limit_in_bytes"`
	}
	err = s.call("GET", h+"/limits/memory", nil, nil, &memory)
	fact("memory limit", err == nil && memory.Limit == 1<<28, err, memory)
	for _, name := range []string{"bandwidth", "cpu", "disk"} {
		err = s.call("GET", h+"/limits/"+name, nil, nil, nil)
		fact(name+" limit", err == nil, err)
	}
}

func properties(s *server) {
	fact("set grace time", s.call("PUT", h+"/grace_time", nil, time.Hour, nil) == nil)
	for _, key := range []string{"plain", "with space", "pl+us", "ünï", "a:b"} {
		err := s.call("PUT", h+"/properties/"+key, nil, object{"value": "of " + key}, nil)
		var property struct{ Value string }
		if err == nil {
			err = s.call("GET", h+"/properties/"+key, nil, nil, &property)
		}
		fact("property "+key, err == nil && property.Value == "of "+key, err, property)
	}
	// Clients with a newer router escape what they put into a path.
	for _, key := range []string{"a/b", "a?b#c", "100%", "%41", "..", ".", `a\b`, "a;b,c", "日本"} {
		path := h + "/properties/" + url.PathEscape(key)
		err := s.call("PUT", path, nil, object{"value": "of " + key}, nil)
		var property struct{ Value string }
		if err == nil {
			err = s.call("GET", path, nil, nil, &property)
		}
		fact("property "+key+", escaped", err == nil && property.Value == "of "+key, err, property)
		fact("property "+key+" removed", s.call("DELETE", path, nil, nil, nil) == nil)
		err = s.call("GET", path, nil, nil, nil)
		fact("property "+key+" is gone", told(err, "", "property does not exist: "+key), err)
	}
	all := map[string]string{}
	err := s.call("GET", h+"/properties", nil, nil, &all)
	fact("all properties", err == nil && all["pl+us"] == "of pl+us", err)
	fact("remove property", s.call("DELETE", h+"/properties/plain", nil, nil, nil) == nil)
	err = s.call("GET", h+"/properties/plain", nil, nil, nil)
	fact("property that is gone", told(err, "", "property does not exist: plain"), err)
}

func network(s *server) {
	var mapped struct {
		Host      uint32 `json:"host_port"`
		Container uint32 `json:"container_port"`
	}
	err := s.call("POST", h+"/net/in", nil, object{"handle": "go-1", "container_port": 8080}, &mapped)
	fact("net in", err == nil && mapped.Host > 0 && mapped.Container == 8080, err, mapped)
	rule := object{"protocol": 1, "networks": []object{{"start": "8.8.8.8"}}, "ports": []object{{"start": 53, "end": 53}}}
	fact("net out", s.call("POST", h+"/net/out", nil, rule, nil) == nil)
	var none []object
	err = s.call("POST", h+"/net/out/bulk", nil, none, nil)
	fact("bulk net out of null", err == nil, err)
}

func files(s *server) {
	to := url.Values{"user": {""}, "destination": {`C:\a b+c`}}
	sizes := map[string]int{"empty": 0, "small": 100, "large": 5 << 20}
	for name, size := range sizes {
		for _, chunked := range []bool{false, true} {
			var body io.Reader = archive(name, size)
			if chunked {
				body = unsized{body}
			}
			answer, err := s.exchange("PUT", h+"/files", to, body, "application/x-tar")
			if err == nil {
				answer.Close()
			}
			fact(fmt.Sprintf("stream in, %s, in chunks: %v", name, chunked), err == nil, err)
		}
	}
	content, err := s.exchange("GET", h+"/files", url.Values{"user": {""}, "source": {`C:\a b+c\`}}, nil, "")
	fact("stream out", err == nil, err)
	if err == nil {
		entries := tar.NewReader(content)
		entry, err := entries.Next()
		for ; err == nil; entry, err = entries.Next() {
			if name := strings.TrimPrefix(entry.Name, "./"); name != "" {
				fact("content of "+name, entry.Size == int64(sizes[name]), entry.Size)
				delete(sizes, name)
			}
		}
		content.Close()
		fact("a whole archive", err == io.EOF && len(sizes) == 0, err, sizes)
	}
	_, err = s.exchange("PUT", "/containers/none/files", to, unsized{archive("x", 20<<20)}, "application/x-tar")
	fact("upload to nowhere is told", told(err, "ContainerNotFoundError", "unknown handle: none"), err)
	_, err = s.exchange("GET", h+"/files", url.Values{"source": {"C:/none"}}, nil, "")
	_, isTold := err.(failure)
	fact("download of nothing is told", isTold, err)
}

func processes(s *server) {
	for mask := 0; mask < 8; mask++ {
		var in io.Reader
		var out, err io.Writer
		stdout, stderr := &bytes.Buffer{}, &bytes.Buffer{}
		wantOut, wantErr := "", ""
		script := "echo out; echo err >&2; exit 7"
		if mask&1 != 0 {
			in, script = strings.NewReader("hello "), "cat; "+script
		}
		if mask&2 != 0 {
			out, wantOut = stdout, "out\n"
			if in != nil {
				wantOut = "hello out\n"
			}
		}
		if mask&4 != 0 {
			err, wantErr = stderr, "err\n"
		}
		text := fmt.Sprintf("process with stdin %v, stdout %v, stderr %v", in != nil, out != nil, err != nil)
		p, failed := s.run("go-1", shell(script), in, out, err)
		if failed != nil {
			fact(text, false, failed)
			continue
		}
		status, failed := p.await()
		fact(text, failed == nil && status == 7 && stdout.String() == wantOut && stderr.String() == wantErr,
			failed, status, stdout, stderr)
	}
	sent, back := bytes.Repeat([]byte("0123456789abcde\n"), 1<<18), &bytes.Buffer{}
	p, err := s.run("go-1", shell("cat"), bytes.NewReader(sent), back, nil)
	if err == nil {
		_, err = p.await()
	}
	fact("4 MiB through a process", err == nil && bytes.Equal(back.Bytes(), sent), err, back.Len())
	inTurn(s)
	_, err = s.run("none", shell("true"), nil, nil, nil)
	fact("run nowhere", told(err, "ContainerNotFoundError", "unknown handle: none"), err)
	_, err = s.run("go-1", object{"path": "no-such-program"}, nil, nil, nil)
	f, isTold := err.(failure)
	fact("run nothing", isTold && f.Type == "ExecutableNotFoundError", err)
	_, err = s.attach("go-1", "none", nil, nil, nil)
	fact("attach to nothing", told(err, "ProcessNotFoundError", "unknown process: none"), err)
}

// Garden's own client read stderr only after the end of stdout in 2025.
func inTurn(s *server) {
	const size = 20 << 20
	p, err := s.run("go-1", shell(fmt.Sprintf("echo begun; head -c %d /dev/zero >&2; echo done", size)), nil, nil, nil)
	if err != nil {
		fact("run for outputs in turn", false, err)
		return
	}
	attach := h + "/processes/" + p.id + "/attaches/" + p.stream
	first, out, err := s.takeOver("GET", attach+"/stdout", nil)
	second, errs, err2 := s.takeOver("GET", attach+"/stderr", nil)
	if err != nil || err2 != nil {
		fact("outputs in turn", false, err, err2)
		return
	}
	defer first.Close()
	defer second.Close()
	text, err := io.ReadAll(out)
	count, err2 := io.Copy(io.Discard, errs)
	status, failed := p.await()
	fact("20 MiB on stderr for a client that reads stdout first", err == nil && err2 == nil && failed == nil &&
		string(text) == "begun\ndone\n" && count == size && status == 0, err, err2, failed, string(text), count, status)
}

func signals(s *server) {
	spec := shell("sleep 1000")
	spec["id"] = "sleeper"
	first, err := s.run("go-1", spec, nil, io.Discard, io.Discard)
	fact("run with an id", err == nil && first.id == "sleeper", err)
	second, err := s.attach("go-1", "sleeper", nil, io.Discard, io.Discard)
	fact("attach", err == nil && second.id == "sleeper", err)
	size := object{"window_size": object{"columns": 80, "rows": 24}}
	fact("window size", first.send(message{TTY: size}) == nil)
	fact("kill", second.signal(1) == nil)
	one, err := first.await()
	other, err2 := second.await()
	fact("both are told the exit", err == nil && err2 == nil && one == other && one != 0, one, err, other, err2)

	// Diego's executor gives up soon after the kill, and wants the ends of the outputs as well.
	busy, err := s.run("go-1", shell("trap '' TERM; sleep 1000 & wait"), nil, io.Discard, io.Discard)
	if err == nil {
		asked := time.Now()
		err = busy.signal(1)
		status, failed := busy.await()
		took := time.Since(asked)
		fact("a kill does not wait for the child that holds the outputs", failed == nil && status != 0 && took < 5*time.Second, failed, status, took)
	}
	fact("run of what is killed with its child", err == nil, err)

	deaf, err := s.run("go-1", shell("cat; sleep 1000"), strings.NewReader(""), io.Discard, nil)
	fact("run with an empty stdin", err == nil, err)
	fact("terminate after stdin was closed", deaf.signal(0) == nil)
	status, err := deaf.await()
	fact("it ends", err == nil && status != 0, status, err)
}
