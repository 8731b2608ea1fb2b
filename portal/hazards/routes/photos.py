"""From uploaded files to photos that stand in the store: checked, re-encoded, before any transaction begins."""

from litestar.datastructures import UploadFile

from portal.core.actors import Actor
from portal.core.files import FileStore, store_of
from portal.core.refusals import Invalid
from portal.hazards.forms import MOST_PHOTOS
from portal.hazards.photos import make_photo
from portal.hazards.services import NewPhoto
from portal.settings import Settings
from portal.web.forms import Form


async def photos_of_form(form: Form, *, by: Actor, settings: Settings) -> tuple[NewPhoto, ...]:
    """Every photo of a form, kept by its digest. Refused: more than three, and whatever `make_photo` refuses."""
    files = [file for name in ("photos", "photo") for file in form.files.get(name, [])]
    if len(files) > MOST_PHOTOS:
        raise Invalid({"photos": "hazard.too_many_photos"})
    return tuple([await _keep(file, by, store_of(settings)) for file in files])


async def _keep(file: UploadFile, by: Actor, store: FileStore) -> NewPhoto:
    photo = await make_photo(await file.read(), owner=by.person_id or 0)
    full = await store.put(photo.full, media_type="image/jpeg")
    thumb = await store.put(photo.thumb, media_type="image/jpeg")
    return NewPhoto(full.digest, thumb.digest, photo.width, photo.height)
