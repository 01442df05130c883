namespace Keelson.Api.Core.V1;

public sealed partial record Endpoints
{
    /// <inheritdoc/>
    public static bool AllowCreateOnUpdate => true;
}
