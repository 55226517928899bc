"""Queue of tasks shared between processes: who waits for one does another that nobody has begun.

An executor of processes takes whatever it is given at once, so that what waits in it cannot be had back. Here
a task is handed over when a process is free for it. The process that began the tasks is one of those at work:
three processes on two cores would only load the same libraries once more.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import BrokenExecutor, CancelledError, Future, wait
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from diffuscope.compute.executors import Executor

Made = TypeVar("Made")
LOOK = 1.0
"""Seconds after which a process that waits looks at the queue again."""


class Task(Generic[Made]):
    """A piece of work that is waiting, at work or done.

    Parameters
    ----------
    queue : TaskQueue
    work : callable
    given : tuple
        What it is called with.
    processes : int
        Other processes at once.
    shared : bool
        Whether the process of the queue may do it.
    """

    def __init__(
        self,
        queue: TaskQueue,
        work: Callable[..., Made],
        given: tuple[Any, ...],
        *,
        processes: int,
        shared: bool,
    ) -> None:
        self.work = work
        self.given = given
        self.processes = processes
        self.shared = shared
        self._queue = queue
        self._future: Future[Made] = Future()

    def result(self) -> Made:
        """What the work makes; meanwhile this process does what it may of the queue."""
        while not self._future.done():
            if not self.advance():
                # where a process stopped, nobody but this one begins what waits behind its task
                wait([self._future], timeout=LOOK)
        return self._future.result()

    def advance(self) -> bool:
        """Do a task of this kind here, where one waits that this process may do; whether there was one."""
        self._queue.hand_over()
        task = self._queue.take(self)
        if task is not None:
            task.do_here()
        return task is not None

    def when_settled(self, call: Callable[[], None]) -> None:
        """Call something once the work is done or has failed, in whichever thread that happens."""
        self._future.add_done_callback(lambda _: call())

    def do_here(self) -> None:
        """Do it in this process."""
        self.settle(done_here(self.work, *self.given))

    def settle(self, done: Future[Made]) -> None:
        """Take over what the work made, or its error."""
        error = CancelledError() if done.cancelled() else done.exception()
        if error is None:
            self._future.set_result(done.result())
        else:
            self._future.set_exception(error)

    def cancel(self) -> None:
        """Leave it undone, if nobody has begun it."""
        self._queue.withdraw(self)


class TaskQueue:
    """Tasks in the order in which they came, each handed over when a process is free for it.

    Parameters
    ----------
    executor : callable
        From a number of processes to the executor that they are.
    """

    def __init__(self, executor: Callable[[int], Executor]) -> None:
        self._executor = executor
        self._waiting: deque[Task[Any]] = deque()
        self._at_work = 0
        self._lock = threading.RLock()

    def put(self, task: Task[Made]) -> Task[Made]:
        """Let a task wait for a process, and hand it over where one is free."""
        with self._lock:
            self._waiting.append(task)
        self.hand_over()
        return task

    def hand_over(self) -> None:
        """Hand over tasks for which a process is free; for the process that began them."""
        while (task := self._next()) is not None:
            self._submit(task, self._executor(task.processes))

    def take(self, wanted: Task[Any]) -> Task[Any] | None:
        """The wanted task, or else the first of its kind that this process may do; None where there is none.

        One of another kind may take far longer than the wanted one, for which this process has work to do.
        """
        with self._lock:
            free = [one for one in self._waiting if one.shared and one.given[0] == wanted.given[0]]
            task = wanted if wanted in free else next(iter(free), None)
            if task is not None:
                self._waiting.remove(task)
            return task

    def withdraw(self, task: Task[Any]) -> None:
        """Take a task out, if it still waits."""
        with self._lock:
            if task in self._waiting:
                self._waiting.remove(task)

    def clear(self) -> None:
        """Forget what waits."""
        with self._lock:
            self._waiting.clear()
            self._at_work = 0

    def _next(self) -> Task[Any] | None:
        with self._lock:
            if not self._waiting or self._at_work >= self._waiting[0].processes:
                return None
            self._at_work += 1
            # what this process may not do comes first, for it does the rest while it waits
            task = next((one for one in self._waiting if not one.shared), self._waiting[0])
            self._waiting.remove(task)
            return task

    def _submit(self, task: Task[Any], processes: Executor) -> None:
        try:
            begun = processes.submit(task.work, *task.given)
        except RuntimeError:  # the processes were stopped: it waits for others
            with self._lock:
                self._at_work = max(0, self._at_work - 1)
                self._waiting.appendleft(task)
        else:
            begun.add_done_callback(lambda done: self._settled(task, done, processes))

    def _settled(self, task: Task[Any], done: Future[Any], processes: Executor) -> None:
        """Take over what a process made, and give it the next task; in the thread of the executor."""
        with self._lock:
            self._at_work = max(0, self._at_work - 1)
        stopped = done.cancelled() or isinstance(done.exception(), BrokenExecutor)
        if not stopped and (following := self._next()) is not None:
            self._submit(following, processes)
        # last, so that whoever waits for this task finds the next one handed over
        task.settle(done)


def as_settled(tasks: Sequence[Task[Any]]) -> Iterator[int]:
    """Places of tasks as they are settled; meanwhile this process does what it may of them."""
    settled: SimpleQueue[int] = SimpleQueue()
    woken = threading.Semaphore(0)

    def note(at: int) -> None:
        settled.put(at)
        woken.release()

    for at, task in enumerate(tasks):
        task.when_settled(partial(note, at))
    left = len(tasks)
    while left:
        # after a while the queue is looked at again, as above
        if woken.acquire(timeout=0 if tasks[0].advance() else LOOK):
            yield settled.get()
            left -= 1


def done_here(work: Callable[..., Made], *given: Any) -> Future[Made]:
    """A piece of work, done in this process: its result or its error, as another process hands it over."""
    done: Future[Made] = Future()
    try:
        done.set_result(work(*given))
    except Exception as error:  # noqa: BLE001 as in another process
        done.set_exception(error)
    return done
