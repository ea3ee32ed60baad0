"""Cards added and taken away while the server runs, one after the other; its readers, and other programs, see them at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

from balatro.errors import BalatroError, BusyError, InputError, ModelError, UnknownCardError
from balatro.identify_card.added.added import AddedCard, load_added, remove_card
from balatro.identify_card.server.answers import NewCard
from balatro.identify_card.server.batching import Following, Upload
from balatro.identify_card.server.limits import Limits, Refused, open_picture
from balatro.runtime.bundle import Bundle

MAX_WAITING = 16
"""Changes, of the gallery or reported mistakes, that may wait for their turn; further ones are told to try again."""
Result = TypeVar("Result")


class ServedGallery:
    """The added cards of the server's model. Its methods are awaited in one event loop; the work is done in a thread."""

    def __init__(self, following: Following, limits: Limits) -> None:
        """following: used by nothing else but for its `encode`."""
        self._following, self._limits = following, limits
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="gallery")
        self._waiting = 0

    async def bundle(self) -> Bundle:
        """The model with what is added to it now."""
        return await self.in_turn(self._follow)

    async def cards(self) -> tuple[AddedCard, ...]:
        """What was added; Refused (409) when that cannot be read."""
        return await self.in_turn(lambda: load_added(self._following.bundle.folder).cards)

    async def add(self, card: NewCard, pictures: Sequence[Upload]) -> AddedCard:
        """As `Recognizer.add`; Refused says what cannot be used, before anything is changed."""
        return await self.in_turn(lambda: self._add(card, pictures))

    async def remove(self, name: str) -> AddedCard:
        """Take a card out, by name or id; Refused (404) when it was not added."""
        return await self.in_turn(lambda: remove_card(self._following.bundle.folder, name))

    def close(self) -> None:
        """Wait for what is being done; refuse the rest."""
        self._thread.shutdown(cancel_futures=True)

    def _follow(self) -> Bundle:
        self._following.follow()
        return self._following.bundle

    def _add(self, card: NewCard, pictures: Sequence[Upload]) -> AddedCard:
        self._following.follow()
        with ExitStack() as stack:
            images = [stack.enter_context(open_picture(picture.data, self._limits)) for picture in pictures]
            return self._following.recognizer.add(card.name, images, card.modifier, card.type, card.rarity, card.known)

    async def in_turn(self, work: Callable[[], Result]) -> Result:
        """Do it when it is its turn, one change of this server after the other; what goes wrong as Refused."""
        if self._waiting >= MAX_WAITING:
            raise Refused(503, f"{self._waiting} changes are waiting already; try again in a moment")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (Refused, asyncio.CancelledError):
            raise
        except BalatroError as error:
            raise Refused(_status(error), str(error)) from error
        except OSError as error:
            raise Refused(
                409, f"{error.filename or 'the folder'}: cannot be written ({error.strerror}); mend that on the server"
            ) from error
        finally:
            self._waiting -= 1


def _status(error: BalatroError) -> int:
    kinds = ((BusyError, 503), (UnknownCardError, 404), (InputError, 422), (ModelError, 409))
    return next((status for kind, status in kinds if isinstance(error, kind)), 422)
