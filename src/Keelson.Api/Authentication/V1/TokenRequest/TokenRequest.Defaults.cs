namespace Keelson.Api.Authentication.V1;

public sealed partial record TokenRequest
{
    private const long DefaultSeconds = 3600;

    /// <inheritdoc/>
    public static TokenRequest SetDefaults(TokenRequest obj) => obj.Spec.ExpirationSeconds is null
        ? obj with { Spec = obj.Spec with { ExpirationSeconds = DefaultSeconds } }
        : obj;
}
