using Keelson.Machinery.Validation;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record MutatingWebhookConfiguration
{
    /// <inheritdoc/>
    public static void Validate(MutatingWebhookConfiguration obj, FieldErrors errors) =>
        WebhookRules.Validate([.. obj.Webhooks.Select(WebhookView.Of)], null, errors);

    /// <inheritdoc/>
    public static void ValidateUpdate(MutatingWebhookConfiguration obj, MutatingWebhookConfiguration old, FieldErrors errors) =>
        WebhookRules.Validate([.. obj.Webhooks.Select(WebhookView.Of)], [.. old.Webhooks.Select(WebhookView.Of)], errors);
}
