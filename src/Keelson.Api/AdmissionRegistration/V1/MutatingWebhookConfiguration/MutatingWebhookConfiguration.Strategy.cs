using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record MutatingWebhookConfiguration
{
    /// <inheritdoc/>
    public static bool AllowUnconditionalUpdate => false;

    /// <inheritdoc/>
    public static MutatingWebhookConfiguration PrepareForCreate(MutatingWebhookConfiguration obj, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Created(obj.Metadata) };

    /// <inheritdoc/>
    public static MutatingWebhookConfiguration PrepareForUpdate(
        MutatingWebhookConfiguration obj, MutatingWebhookConfiguration old, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, obj.Webhooks != old.Webhooks) };
}
