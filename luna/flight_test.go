package luna

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFlightRunsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g flights[int]
		var runs, joins atomic.Int32
		release := make(chan struct{})
		var callers sync.WaitGroup
		for range 1000 {
			callers.Go(func() {
				v, joined, err := g.do(t.Context(), "key", func(context.Context) (int, func(), error) {
					runs.Add(1)
					<-release
					return 42, nil, nil
				})
				if v != 42 || err != nil {
					t.Errorf("got %d, %v", v, err)
				}
				if joined {
					joins.Add(1)
				}
			})
		}
		synctest.Wait()
		close(release)
		callers.Wait()
		require.EqualValues(t, 1, runs.Load())
		require.EqualValues(t, 999, joins.Load())
		synctest.Wait()
		require.Empty(t, g.byKey)
	})
}

// TestFlightIsFinished where one has found it too slow, whoever leaves after.
func TestFlightIsFinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g flights[int]
		var ended error
		run := func(ctx context.Context) (int, func(), error) {
			select {
			case <-time.After(time.Minute):
			case <-ctx.Done():
				ended = context.Cause(ctx)
			}
			return 42, nil, nil
		}
		for i, why := range []error{errTooSlow, context.Canceled} {
			ctx, leave := context.WithCancelCause(t.Context())
			go func() {
				time.Sleep(time.Duration(1+i) * time.Second)
				leave(why)
			}()
			go g.do(ctx, "key", run)
		}
		time.Sleep(10 * time.Second)
		v, joined, err := g.do(t.Context(), "key", run)
		require.NoError(t, err)
		require.True(t, joined)
		require.Equal(t, 42, v)
		require.NoError(t, ended)
	})
}

func TestFlightOutlivesItsFirstCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		var g flights[string]
		first, leave := context.WithCancelCause(context.WithValue(t.Context(), key{}, "trace"))
		gone := errors.New("gone home")
		started := make(chan struct{})
		run := func(ctx context.Context) (string, func(), error) {
			close(started)
			select {
			case <-time.After(time.Second):
				return ctx.Value(key{}).(string), nil, nil
			case <-ctx.Done():
				return "", nil, context.Cause(ctx)
			}
		}
		left := make(chan error)
		go func() {
			_, _, err := g.do(first, "key", run)
			left <- err
		}()
		<-started
		stayed := make(chan string)
		go func() {
			v, joined, err := g.do(t.Context(), "key", run)
			if err != nil || !joined {
				t.Errorf("joined %v, error %v", joined, err)
			}
			stayed <- v
		}()
		synctest.Wait()
		leave(gone)
		require.ErrorIs(t, <-left, gone, "the caller that leaves does not wait")
		require.Equal(t, "trace", <-stayed, "the other has its value, from a context with the first one's values")
	})
}

func TestFlightEndsWithItsLastCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g flights[int]
		var ended, runs atomic.Int32
		ctx, leave := context.WithCancel(t.Context())
		slow := func(ctx context.Context) (int, func(), error) {
			runs.Add(1)
			<-ctx.Done()
			ended.Add(1)
			time.Sleep(time.Hour) // a codec that does not hear
			return 1, nil, context.Cause(ctx)
		}
		var callers sync.WaitGroup
		for range 3 {
			callers.Go(func() {
				_, _, err := g.do(ctx, "key", slow)
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		require.EqualValues(t, 0, ended.Load())
		leave()
		callers.Wait()
		synctest.Wait()
		require.EqualValues(t, 1, ended.Load())

		// The key is free before the run has ended, and that run does not take
		// the next one's place away when it ends.
		release := make(chan struct{})
		next := func(context.Context) (int, func(), error) {
			runs.Add(1)
			<-release
			return 2, nil, nil
		}
		got := make(chan int, 2)
		go func() { v, _, _ := g.do(t.Context(), "key", next); got <- v }()
		time.Sleep(2 * time.Hour)
		go func() { v, _, _ := g.do(t.Context(), "key", next); got <- v }()
		synctest.Wait()
		close(release)
		require.Equal(t, []int{2, 2}, []int{<-got, <-got})
		require.EqualValues(t, 2, runs.Load())

		_, _, err := g.do(ctx, "key", next)
		require.ErrorIs(t, err, context.Canceled, "who comes dead starts nothing")
		require.EqualValues(t, 2, runs.Load())
	})
}

func TestFlightPanic(t *testing.T) {
	for name, crash := range map[string]func(){
		"panic":  func() { panic("ouch") },
		"goexit": runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var g flights[int]
				release := make(chan struct{})
				errs := make(chan error)
				for range 10 {
					go func() {
						_, _, err := g.do(t.Context(), "key", func(context.Context) (int, func(), error) {
							<-release
							crash()
							return 0, nil, nil
						})
						errs <- err
					}()
				}
				synctest.Wait()
				close(release)
				for range 10 {
					var e *PanicError
					require.ErrorAs(t, <-errs, &e)
					require.NotEmpty(t, e.Stack)
				}
				v, joined, err := g.do(t.Context(), "key", func(context.Context) (int, func(), error) { return 7, nil, nil })
				require.NoError(t, err)
				require.False(t, joined, "the next request tries again")
				require.Equal(t, 7, v)
				require.NoError(t, g.drain(t.Context()))
			})
		})
	}
}

// TestFlightFailureIsNotKept: who has seen an error never joins the run that
// made it.
func TestFlightFailureIsNotKept(t *testing.T) {
	var g flights[int]
	runs := 0
	for range 5000 {
		_, joined, err := g.do(t.Context(), "key", func(context.Context) (int, func(), error) {
			runs++
			return 0, nil, errTenant
		})
		require.ErrorIs(t, err, errTenant)
		require.False(t, joined)
	}
	require.Equal(t, 5000, runs)
}

func TestFlightAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g flights[int]
		stored := false
		run := func(context.Context) (int, func(), error) {
			return 1, func() { time.Sleep(time.Minute); stored = true }, nil
		}
		start := time.Now()
		_, _, err := g.do(t.Context(), "key", run)
		require.NoError(t, err)
		require.Zero(t, time.Since(start), "the answer does not wait for the store")

		v, joined, err := g.do(t.Context(), "key", func(context.Context) (int, func(), error) {
			t.Error("the key is not free before the store is done")
			return 0, nil, nil
		})
		require.NoError(t, err)
		require.True(t, joined)
		require.Equal(t, 1, v)

		require.NoError(t, g.drain(t.Context()))
		require.True(t, stored, "draining waits for the store")
		_, _, err = g.do(t.Context(), "key", run)
		require.ErrorIs(t, err, errShutdown)
	})
}

func TestFlightDrainInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g flights[int]
		got := make(chan error)
		go func() {
			_, _, err := g.do(t.Context(), "key", func(ctx context.Context) (int, func(), error) {
				<-ctx.Done()
				return 0, nil, context.Cause(ctx)
			})
			got <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, g.drain(ctx), context.DeadlineExceeded)
		require.ErrorIs(t, <-got, errShutdown)
	})
}
