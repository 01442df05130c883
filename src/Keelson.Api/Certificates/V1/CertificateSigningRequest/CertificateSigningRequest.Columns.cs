using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Certificates.V1;

public sealed partial record CertificateSigningRequest
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.AgeColumn,
        TableColumn.Text("SignerName", "The signer that is asked."),
        TableColumn.Text("Requestor", "The user who asks."),
        TableColumn.Text("RequestedDuration", "How long the certificate shall be valid."),
        TableColumn.Text("Condition", "Whether the request is approved or denied, failed, and answered with a certificate."),
    ];

    /// <inheritdoc/>
    public static object?[] Cells(CertificateSigningRequest obj, TableContext context) =>
    [
        obj.Metadata.Name,
        context.Age(obj.Metadata.CreationTimestamp),
        obj.Spec.SignerName.Length == 0 ? "<none>" : obj.Spec.SignerName,
        obj.Spec.Username,
        obj.Spec.ExpirationSeconds is { } seconds ? HumanDuration.Format(TimeSpan.FromSeconds(seconds)) : "<none>",
        Summary(obj),
    ];

    private static string Summary(CertificateSigningRequest obj)
    {
        string summary = OfType(obj, RequestConditionType.Denied).Length > 0 ? "Denied"
            : OfType(obj, RequestConditionType.Approved).Length > 0 ? "Approved"
            : "Pending";
        return summary
            + (OfType(obj, RequestConditionType.Failed).Length > 0 ? ",Failed" : "")
            + (obj.Status.Certificate.Length > 0 ? ",Issued" : "");
    }
}
