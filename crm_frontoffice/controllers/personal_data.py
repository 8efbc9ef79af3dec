import io
import json
import zipfile

from odoo import http
from odoo.http import content_disposition, request

PRIVATE_HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
MOST_SHOWN = 200  # records of one kind on the page; the export has all


class PersonalData(http.Controller):
    """What is known about a person, as a page and as a file; both are written nowhere but into the log."""

    @http.route("/crm/personal-data/<int:partner_id>", type="http", auth="user", methods=["GET"], readonly=False)
    def show(self, partner_id, **_kwargs):
        partner = self._get_partner(partner_id)
        page = self._render(partner, self._read(partner, "shown", MOST_SHOWN))
        return request.make_response(page, headers=list(PRIVATE_HEADERS.items()))

    @http.route("/crm/personal-data/<int:partner_id>/export", type="http", auth="user", methods=["GET"], readonly=False)
    def export(self, partner_id, **_kwargs):
        partner = self._get_partner(partner_id)
        sections = self._read(partner, "exported", None)
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("personal-data.html", str(self._render(partner, sections)))
            file.writestr("personal-data.json", json.dumps(sections, ensure_ascii=False, indent=1, default=str))
        headers = {
            **PRIVATE_HEADERS,
            "Content-Type": "application/zip",
            "Content-Disposition": content_disposition(f"personal-data-{partner.id}.zip"),
        }
        return request.make_response(archive.getvalue(), headers=list(headers.items()))

    def _get_partner(self, partner_id):
        partner = request.env["res.partner"].browse(partner_id).exists()
        if not partner:
            raise request.not_found()
        partner._check_personal_data_access()
        return partner

    def _read(self, partner, action, most):
        data = request.env["crm.personal.data"]
        sections = [data._read_person(partner), *data._read_sections(data._get_subject(partner), most)]
        counts = {section["label"]: section["count"] for section in sections}
        request.env["crm.privacy.log"]._note(action, partner, counts)
        return sections

    def _render(self, partner, sections):
        values = {"partner": partner, "sections": sections}
        return request.env["ir.qweb"]._render("crm_frontoffice.personal_data_page", values)
