using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingWebhookConfiguration
{
    /// <inheritdoc/>
    public static bool AllowUnconditionalUpdate => false;

    /// <inheritdoc/>
    public static ValidatingWebhookConfiguration PrepareForCreate(ValidatingWebhookConfiguration obj, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Created(obj.Metadata) };

    /// <inheritdoc/>
    public static ValidatingWebhookConfiguration PrepareForUpdate(
        ValidatingWebhookConfiguration obj, ValidatingWebhookConfiguration old, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, obj.Webhooks != old.Webhooks) };
}
