using Keelson.Machinery.Validation;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingWebhookConfiguration
{
    /// <inheritdoc/>
    public static void Validate(ValidatingWebhookConfiguration obj, FieldErrors errors) =>
        WebhookRules.Validate([.. obj.Webhooks.Select(WebhookView.Of)], null, errors);

    /// <inheritdoc/>
    public static void ValidateUpdate(ValidatingWebhookConfiguration obj, ValidatingWebhookConfiguration old, FieldErrors errors) =>
        WebhookRules.Validate([.. obj.Webhooks.Select(WebhookView.Of)], [.. old.Webhooks.Select(WebhookView.Of)], errors);
}
