using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using KlingPS.Callbacks;

namespace KlingPS.Binding;

/// <summary>A secret of callbacks as a SecureString, from a plain string too. What can be no secret would accept nothing: it is refused.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class WebhookSecretTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) =>
        SecureStringTransformationAttribute.Read(item, "secret") is not { } secret ? null
        : WebhookSecret.GetValidationError(secret) is { } objection ? throw new ArgumentTransformationMetadataException(objection)
        : secret;
}

/// <summary>Headers as a dictionary, also from the collection that .NET's own listener keeps them in.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class HeadersTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if ((inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is not NameValueCollection headers)
        {
            return inputData;
        }

        Hashtable map = [];
        foreach (string? name in headers.AllKeys)
        {
            map[name ?? ""] = headers.GetValues(name);
        }

        return map;
    }
}
