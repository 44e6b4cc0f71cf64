using System.Reflection;
using KlingPS.Transport;

namespace KlingPS.Desktop;

/// <summary>The framework's handlers below a connection, which shows them to nobody.</summary>
internal static class Handlers
{
    internal static HttpClientHandler[] Of(KlingConnection connection) =>
        [.. Fields<HttpMessageInvoker>(connection, typeof(KlingConnection))
            .SelectMany(invoker => Fields<HttpMessageHandler>(invoker, typeof(HttpMessageInvoker)))
            .Cast<HttpClientHandler>()];

    /// <summary>
    /// Lets a connection send through Mono's HttpWebRequest, which is not that of .NET Framework but has its ways of
    /// sending again. By itself Mono's HttpClientHandler leads to the sockets of .NET Core.
    /// </summary>
    internal static void UseWebRequests(KlingConnection connection)
    {
        foreach (HttpClientHandler handler in Of(connection))
        {
            Type type = typeof(HttpClientHandler).Assembly.GetType(
                "System.Net.Http.MonoWebRequestHandler", throwOnError: true);
            object inner = Activator.CreateInstance(type, nonPublic: true);
            foreach (string name in new[] { "AllowAutoRedirect", "UseCookies" })
            {
                type.GetProperty(name).SetValue(inner, typeof(HttpClientHandler).GetProperty(name).GetValue(handler));
            }

            FieldInfo delegating = typeof(HttpClientHandler).GetField(
                "_delegatingHandler", BindingFlags.Instance | BindingFlags.NonPublic);
            delegating.SetValue(handler, inner);
        }
    }

    private static IEnumerable<T> Fields<T>(object owner, Type type) => type
        .GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
        .Where(field => typeof(T).IsAssignableFrom(field.FieldType))
        .Select(field => (T)field.GetValue(owner));
}
