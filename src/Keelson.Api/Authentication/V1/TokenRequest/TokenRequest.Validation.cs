using Keelson.Machinery.Validation;

namespace Keelson.Api.Authentication.V1;

public sealed partial record TokenRequest
{
    private const long MinSeconds = 600;
    private const long MaxSeconds = 1L << 32;

    /// <inheritdoc/>
    public static void Validate(TokenRequest obj, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec").Child("expirationSeconds");
        long seconds = obj.Spec.ExpirationSeconds ?? 0;
        if (seconds < MinSeconds)
        {
            errors.Invalid(path, seconds, "may not specify a duration less than 10 minutes");
        }

        if (seconds > MaxSeconds)
        {
            errors.Invalid(path, seconds, "may not specify a duration larger than 2^32 seconds");
        }
    }
}
