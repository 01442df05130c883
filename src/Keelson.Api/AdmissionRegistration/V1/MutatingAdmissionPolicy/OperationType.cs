namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>The values of OperationType.</summary>
public static class OperationType
{
    public const string Empty = "*";
    public const string CONNECT = "CONNECT";
    public const string CREATE = "CREATE";
    public const string DELETE = "DELETE";
    public const string UPDATE = "UPDATE";
}
