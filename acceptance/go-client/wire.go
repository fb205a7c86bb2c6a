package main

// What Go's own packages make of the daemon's answers: net/http without keep-alive for plain calls,
// net/http/httputil's ClientConn for the sockets of processes, encoding/json for everything.
// Clients written in Go, Diego's first of all, stand on these three.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

type object = map[string]any

// A failure as the server tells it.
type failure struct{ Type, Message, Handle, ProcessID, Binary string }

func (f failure) Error() string { return f.Type + ": " + f.Message }

type server struct {
	address string
	plain   *http.Client
}

func connect(address string) *server {
	s := &server{address: address}
	dial := func(string, string) (net.Conn, error) { return s.dial() }
	s.plain = &http.Client{Transport: &http.Transport{Dial: dial, DisableKeepAlives: true}}
	return s
}

func (s *server) dial() (net.Conn, error) { return net.DialTimeout("tcp", s.address, 2*time.Second) }

func request(method, path string, body io.Reader, kind string) (*http.Request, error) {
	r, err := http.NewRequest(method, "http://api"+path, body)
	if err == nil && kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r, err
}

func refused(response *http.Response) error {
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("status %d, broken body: %w", response.StatusCode, err)
	}
	var told failure
	if err := json.Unmarshal(all, &told); err != nil {
		return fmt.Errorf("status %d without an error object: %q", response.StatusCode, all)
	}
	return told
}

// One request on a connection of its own; the body of a good answer.
func (s *server) exchange(method, path string, query url.Values, body io.Reader, kind string) (io.ReadCloser, error) {
	if query != nil {
		path += "?" + query.Encode()
	}
	r, err := request(method, path, body, kind)
	if err != nil {
		return nil, err
	}
	response, err := s.plain.Do(r)
	if err != nil {
		return nil, err
	}
	if response.StatusCode/100 != 2 {
		return nil, refused(response)
	}
	return response.Body, nil
}

// One JSON value there, if any, and one back.
func (s *server) call(method, path string, query url.Values, sent, received any) error {
	var body io.Reader
	kind := ""
	if sent != nil {
		text, err := json.Marshal(sent)
		if err != nil {
			return err
		}
		body, kind = bytes.NewReader(append(text, '\n')), "application/json"
	}
	answer, err := s.exchange(method, path, query, body, kind)
	if err != nil {
		return err
	}
	defer answer.Close()
	if received == nil {
		received = &object{}
	}
	return json.NewDecoder(answer).Decode(received)
}

// The socket behind a request, and what of its bytes has been read already.
func (s *server) takeOver(method, path string, body io.Reader) (net.Conn, io.Reader, error) {
	kind := "application/json"
	if method == "GET" && body != nil {
		kind = "" // an attach has an empty body of no type
	}
	r, err := request(method, path, body, kind)
	if err != nil {
		return nil, nil, err
	}
	socket, err := s.dial()
	if err != nil {
		return nil, nil, err
	}
	connection := httputil.NewClientConn(socket, nil)
	response, err := connection.Do(r)
	if err != nil {
		return nil, nil, err
	}
	if response.StatusCode/100 != 2 {
		defer socket.Close()
		return nil, nil, refused(response)
	}
	raw, rest := connection.Hijack()
	return raw, rest, nil
}

type message struct {
	ProcessID  string  `json:"process_id,omitempty"`
	StreamID   string  `json:"stream_id,omitempty"`
	Source     *int    `json:"source,omitempty"`
	Data       *string `json:"data,omitempty"`
	ExitStatus *int    `json:"exit_status,omitempty"`
	Error      *string `json:"error,omitempty"`
	TTY        object  `json:"tty,omitempty"`
	Signal     *int    `json:"signal,omitempty"`
}

type process struct {
	id      string
	stream  string
	control net.Conn
	sending sync.Mutex
	over    chan struct{}
	status  int
	broken  error
}

func (p *process) send(m message) error {
	m.ProcessID = p.id
	p.sending.Lock()
	defer p.sending.Unlock()
	return json.NewEncoder(p.control).Encode(m)
}

// Write makes a process its own stdin.
func (p *process) Write(bytes []byte) (int, error) {
	stdin, text := 0, string(bytes)
	return len(bytes), p.send(message{Source: &stdin, Data: &text})
}

func (p *process) closeStdin() error {
	stdin := 0
	return p.send(message{Source: &stdin})
}

func (p *process) signal(number int) error { return p.send(message{Signal: &number}) }

func (p *process) await() (int, error) {
	select {
	case <-p.over:
		return p.status, p.broken
	case <-time.After(time.Minute):
		return -1, fmt.Errorf("process %s does not end", p.id)
	}
}

func (s *server) run(handle string, spec object, in io.Reader, out, err io.Writer) (*process, error) {
	text, failed := json.Marshal(spec)
	if failed != nil {
		return nil, failed
	}
	return s.follow("POST", handle, "", bytes.NewReader(text), in, out, err)
}

func (s *server) attach(handle, id string, in io.Reader, out, err io.Writer) (*process, error) {
	return s.follow("GET", handle, "/"+id, &bytes.Buffer{}, in, out, err)
}

// The exit counts when the output has ended, and only then.
func (s *server) follow(method, handle, id string, body io.Reader, in io.Reader, out, err io.Writer) (*process, error) {
	processes := "/containers/" + handle + "/processes"
	control, incoming, failed := s.takeOver(method, processes+id, body)
	if failed != nil {
		return nil, failed
	}
	messages := json.NewDecoder(incoming)
	var first message
	if failed := messages.Decode(&first); failed != nil {
		return nil, failed
	}
	p := &process{id: first.ProcessID, stream: first.StreamID, control: control, over: make(chan struct{})}
	if in != nil {
		go func() {
			if _, failed := io.Copy(p, in); failed == nil {
				p.closeStdin()
			}
		}()
	}
	var outputs sync.WaitGroup
	for name, writer := range map[string]io.Writer{"stdout": out, "stderr": err} {
		if writer == nil {
			continue
		}
		socket, bytes, failed := s.takeOver("GET", processes+"/"+p.id+"/attaches/"+first.StreamID+"/"+name, nil)
		if failed != nil {
			return nil, failed
		}
		outputs.Add(1)
		go func(to io.Writer) {
			defer outputs.Done()
			defer socket.Close()
			io.Copy(to, bytes)
		}(writer)
	}
	go func() {
		defer close(p.over)
		defer control.Close()
		for p.broken == nil {
			var m message
			if failed := messages.Decode(&m); failed != nil {
				p.broken = failed
			} else if m.Error != nil {
				p.broken = fmt.Errorf("process failed: %s", *m.Error)
			} else if m.ExitStatus != nil {
				p.status = *m.ExitStatus
				break
			}
		}
		outputs.Wait()
	}()
	return p, nil
}
